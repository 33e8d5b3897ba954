from django.db import migrations

# What a sort key tells: `wang2王xiu4秀ying1英` is read as its syllables and characters (offices/pinyin.py).
# Pieces have at most four characters; a longer question is asked by its first four and compared whole.
WORDS = r"""
CREATE FUNCTION households_name_words(name_sort text) RETURNS TABLE (token text, place integer)
LANGUAGE plpgsql IMMUTABLE ROWS 10 AS $$
DECLARE
    syllables text[];
    characters text[];
    spelled text;
    written text;
    letters text;
    size integer;
    given text[] := '{}';
BEGIN
    SELECT array_agg(CASE WHEN m[1] = '~' THEN lower(m[2])
                          WHEN m[1] LIKE '_0' THEN left(m[1], 1)
                          ELSE replace(rtrim(m[1], '12345'), 'u:', 'v') END ORDER BY at),
           array_agg(lower(m[2]) ORDER BY at)
      INTO syllables, characters
      FROM regexp_matches(name_sort, '([a-z:]+[1-5]|.0|~)(.)', 'g') WITH ORDINALITY AS read(m, at);
    size := coalesce(array_length(syllables, 1), 0);
    FOR start IN 1..size LOOP
        spelled := '';
        written := '';
        letters := '';
        FOR stop IN start..least(size, start + 3) LOOP
            spelled := spelled || syllables[stop];
            written := written || characters[stop];
            letters := letters || upper(left(syllables[stop], 1));
            place := CASE WHEN start > 1 THEN 2 WHEN stop < size THEN 1 ELSE 0 END;
            -- How a name begins is found by the sort key itself; a piece it holds twice is given once.
            IF start > 1 AND written <> ALL (given) THEN
                token := written;
                given := given || token;
                RETURN NEXT;
            END IF;
            IF (start > 1 OR stop > 1) AND spelled <> ALL (given) THEN
                token := spelled;
                given := given || token;
                RETURN NEXT;
            END IF;
            IF stop > start AND letters <> ALL (given) THEN
                token := letters;
                given := given || token;
                RETURN NEXT;
            END IF;
        END LOOP;
    END LOOP;
END $$;
"""

# Each name is read once however many bear it, and rows go in in about the order of their key.
WRITE = """
        INSERT INTO households_nametoken (token, township_code, rank, name_sort, person_id, division_code)
        SELECT w.token, left(p.division_code, 9), 2 * w.place + (p.died_on IS NOT NULL)::integer,
               p.name_sort, p.id, p.division_code
          FROM {people} p
          JOIN (SELECT n.name_sort, f.token, f.place
                  FROM (SELECT DISTINCT name_sort FROM {people}) n
                 CROSS JOIN LATERAL households_name_words(n.name_sort) f) w ON w.name_sort = p.name_sort
         {which}
         ORDER BY 1, 2;
"""

# By the key that the old row says, which is all of it: an index by person would cost as much as the rows.
FORGET = """
        DELETE FROM households_nametoken t
         USING old_people o CROSS JOIN LATERAL households_name_words(o.name_sort) w
         WHERE t.township_code = left(o.division_code, 9) AND t.token = w.token
           AND t.rank = 2 * w.place + (o.died_on IS NOT NULL)::integer
           AND t.name_sort = o.name_sort AND t.person_id = o.id
           {which};
"""

CHANGED = (
    "AND EXISTS (SELECT FROM {other}_people n WHERE n.id = {row}.id AND (n.name_sort, n.division_code, n.died_on IS NULL) "
    "IS DISTINCT FROM ({row}.name_sort, {row}.division_code, {row}.died_on IS NULL))"
)

# An import switches nested loops off for its own tables; here they look up the few tokens of who changed.
KEEP = f"""
CREATE FUNCTION households_keep_name_tokens() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT SET enable_nestloop = on AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {WRITE.format(people="new_people", which="")}
    ELSIF TG_OP = 'DELETE' THEN
        {FORGET.format(which="")}
    ELSE
        {FORGET.format(which=CHANGED.format(other="new", row="o"))}
        {WRITE.format(people="new_people", which="WHERE true " + CHANGED.format(other="old", row="p"))}
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER name_tokens_of_new_people AFTER INSERT ON households_person
    REFERENCING NEW TABLE AS new_people
    FOR EACH STATEMENT EXECUTE FUNCTION households_keep_name_tokens();
CREATE TRIGGER name_tokens_of_changed_people AFTER UPDATE ON households_person
    REFERENCING OLD TABLE AS old_people NEW TABLE AS new_people
    FOR EACH STATEMENT EXECUTE FUNCTION households_keep_name_tokens();
CREATE TRIGGER name_tokens_of_gone_people AFTER DELETE ON households_person
    REFERENCING OLD TABLE AS old_people
    FOR EACH STATEMENT EXECUTE FUNCTION households_keep_name_tokens();
"""

NOT_KEPT = """
DROP TRIGGER name_tokens_of_new_people ON households_person;
DROP TRIGGER name_tokens_of_changed_people ON households_person;
DROP TRIGGER name_tokens_of_gone_people ON households_person;
DROP FUNCTION households_keep_name_tokens();
"""

# With a hundred values, which is what the server keeps by itself, most villages of a county are not
# among them and are taken for empty: whoever works in one then reads all of it for a single key.
VILLAGES_KNOWN = "".join(
    f"ALTER TABLE households_{table} ALTER COLUMN division_code SET STATISTICS {{many}};"
    for table in ("person", "household", "membership", "nametoken")
)


class Migration(migrations.Migration):
    """The pieces of names that the search box compares, kept by triggers whichever door writes a person."""

    dependencies = [("households", "0008_import_headers_undo_and_review")]

    operations = [
        migrations.RunSQL(WORDS, "DROP FUNCTION households_name_words(text)"),
        migrations.RunSQL(KEEP, NOT_KEPT),
        migrations.RunSQL(VILLAGES_KNOWN.format(many=1000), VILLAGES_KNOWN.format(many=-1)),
        migrations.RunSQL(WRITE.format(people="households_person", which=""), migrations.RunSQL.noop),
    ]
