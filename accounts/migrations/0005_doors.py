"""What is remembered at the doors, and for how long. Sign-in events only grow, until they are old."""

from django.db import migrations, models

RETENTION = """
INSERT INTO base_retention (what, days, reason) VALUES
    ('sign_ins', 400, 'Who signed in when and from where: a year to look into a theft, and a month more.'),
    ('session_places', 100, 'A session ends after 90 days at the latest; what is left of it says nothing more.'),
    ('attempts', 2, 'Counts of wrong passwords are forgotten after a day without any.');
"""

# Deleting is the night's, so rounds_app may; but nothing younger than a month goes, and nothing is ever changed.
ONLY_GROWS = """
CREATE FUNCTION sign_in_event_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < clock_timestamp() - interval '30 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'sign-in events are not changed, nor deleted within 30 days' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER sign_in_event_only_grows BEFORE UPDATE OR DELETE ON accounts_signinevent
    FOR EACH ROW EXECUTE FUNCTION sign_in_event_only_grows();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_saved_view'),
        ('base', '0004_audit'),
    ]

    operations = [
        migrations.CreateModel(
            name='Attempts',
            fields=[
                ('key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('last_at', models.DateTimeField(db_index=True)),
                ('paused_until', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SignInEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('what', models.CharField(choices=[('signed_in', 'signed in'), ('refused', 'wrong name or password'), ('code_refused', 'wrong code'), ('paused', 'too many attempts'), ('signed_out', 'signed out'), ('others_out', 'other devices signed out'), ('timed_out', 'signed out after the time limit'), ('factor_added', 'second step set up'), ('factor_removed', 'second step removed'), ('codes_made', 'recovery codes made'), ('link_sent', 'link for a password sent'), ('invited', 'invited'), ('password_set', 'password set')], max_length=16)),
                ('user_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField(db_index=True)),
                ('address', models.GenericIPAddressField(null=True)),
                ('agent', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'indexes': [models.Index(fields=['user_id', '-id'], name='sign_in_event_of_user')],
                'constraints': [models.CheckConstraint(condition=models.Q(('what__regex', '^[a-z_]+$')), name='sign_in_event_what')],
            },
        ),
        migrations.RunSQL(RETENTION, migrations.RunSQL.noop),
        migrations.RunSQL(ONLY_GROWS, migrations.RunSQL.noop),
    ]
