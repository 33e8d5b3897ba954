import django.db.models.deletion
import offices.fields
import offices.ids
import offices.sealing
from django.conf import settings
from django.db import migrations, models

from offices.database.together import together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = together([
        migrations.CreateModel(
            name='BookedPerson',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('booking_id', models.UUIDField(unique=True)),
                ('session_id', models.UUIDField(db_index=True)),
                ('name', offices.fields.SealedField(blank=True, null=True, purpose=offices.sealing.Purpose['CLINICAL'])),
                ('phone', offices.fields.SealedField(blank=True, null=True, purpose=offices.sealing.Purpose['CLINICAL'])),
                ('recorded_on', models.DateField()),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name='Station',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, verbose_name='Station')),
                ('address', models.CharField(blank=True, max_length=120, verbose_name='Address')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='Phone')),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['division_code', 'name'],
            },
        ),
        migrations.CreateModel(
            name='CheckupSession',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('station', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='checkups.station')),
                ('held_on', models.DateField(verbose_name='Day')),
                ('starts_at', models.TimeField(verbose_name='Begins at')),
                ('places', models.PositiveSmallIntegerField(verbose_name='Places')),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['held_on', 'starts_at'],
                'constraints': [models.UniqueConstraint(fields=('station', 'held_on', 'starts_at'), name='one_session_of_a_station_at_a_time', violation_error_message='The station already has a session at that time.'), models.CheckConstraint(condition=models.Q(('places__gte', 1), ('places__lte', 200)), name='session_has_1_to_200_places', violation_error_message='A session has 1 to 200 places.')],
            },
        ),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.UUIDField(default=offices.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='Booking number')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='checkups.checkupsession')),
                ('place', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('booked', 'Booked'), ('cancelled', 'Cancelled'), ('attended', 'Attended'), ('completed', 'Completed')], default='booked', max_length=10)),
                ('booked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('booked_on', models.DateField()),
                ('attended_on', models.DateField(blank=True, null=True)),
                ('completed_on', models.DateField(blank=True, null=True)),
                ('is_migrant', models.BooleanField(default=False)),
                ('division_code', offices.fields.DivisionCodeField(db_collation='C', max_length=12)),
            ],
            options={
                'ordering': ['session', 'place'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('session', 'place'), name='a_place_is_given_once', violation_error_message='This place has just been given to somebody else.'), models.CheckConstraint(condition=models.Q(('place__gte', 1)), name='place_begins_at_one'), models.CheckConstraint(condition=models.Q(models.Q(('attended_on', None), ('completed_on', None), ('state__in', ['booked', 'cancelled'])), models.Q(('attended_on__isnull', False), ('completed_on', None), ('state', 'attended')), models.Q(('attended_on__isnull', False), ('completed_on__gte', models.F('attended_on')), ('completed_on__isnull', False), ('state', 'completed')), _connector='OR'), name='attended_booking_has_its_day')],
            },
        ),
    ])
