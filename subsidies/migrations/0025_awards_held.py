"""The stock of goods is what came in less what went out, whoever writes."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION stock_follows_its_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE subsidies_goodsitem SET stock = stock + CASE NEW.kind WHEN 'received' THEN NEW.quantity ELSE -NEW.quantity END
     WHERE id = NEW.item_id;
    RETURN NULL;
END $$;

CREATE TRIGGER stock_follows_its_moves AFTER INSERT ON subsidies_goodsmove
    FOR EACH ROW EXECUTE FUNCTION stock_follows_its_moves();

CREATE FUNCTION stock_follows_moves_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.stock := 0;
    ELSIF pg_trigger_depth() < 2 THEN
        NEW.stock := OLD.stock;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER stock_follows_moves_alone BEFORE INSERT OR UPDATE ON subsidies_goodsitem
    FOR EACH ROW EXECUTE FUNCTION stock_follows_moves_alone();
"""

BACKWARD = """
DROP TRIGGER stock_follows_moves_alone ON subsidies_goodsitem;
DROP FUNCTION stock_follows_moves_alone();
DROP TRIGGER stock_follows_its_moves ON subsidies_goodsmove;
DROP FUNCTION stock_follows_its_moves();
"""


class Migration(migrations.Migration):
    dependencies = [("subsidies", "0023_lists_held")]

    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
