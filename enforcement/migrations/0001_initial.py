import django.contrib.postgres.constraints
import django.db.models.deletion
import offices.fields
import offices.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='OfficerCertificate',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('from_on', models.DateField()),
                ('to_on', models.DateField()),
                ('state', models.CharField(choices=[('valid', 'Valid'), ('suspended', 'Suspended'), ('withdrawn', 'Withdrawn'), ('cancelled', 'Cancelled')], default='valid', max_length=10)),
                ('state_reason', models.CharField(blank=True, max_length=200)),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('verification_code', models.CharField(max_length=20, unique=True)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('to_on__gt', models.F('from_on'))), name='certificate_ends_after_it_begins'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ['valid', 'suspended'])), expressions=[(models.F('staff'), '='), (models.Func(models.F('from_on'), models.F('to_on'), models.Value('[)'), function='daterange'), '&&')], name='one_certificate_at_a_time', violation_error_message='This officer already holds a certificate in that period.')],
            },
        ),
    ]
