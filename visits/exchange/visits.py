"""Files of visits."""

from django.utils.translation import gettext_lazy as _

from crm.base.bidi import TURNED, TURNING
from crm.base.exchange.columns import Code, Day, Number, Text
from crm.base.exchange.copies import LIVED, Document, Key36, Moment
from crm.base.exchange.kinds import Check, Derived, Kind
from crm.base.exchange.references import Key, Reference, References
from crm.base.exchange.staging import Stage
from visits.actions import refresh_visited
from visits.exchange.shared import too_far_ahead
from visits.models import FollowUp, Visit, VisitProduct

# The maker's posting of that day whose subtree held everybody met; his own territory before a subtree.
_MADE_UNDER = """
WITH met AS (
    SELECT s.line_no, s.rep, s."on", m.customer_id, m.place
    FROM stage s, unnest(s.met) WITH ORDINALITY AS m (customer_id, place) WHERE s.territory_id IS NULL
), held AS (
    SELECT DISTINCT ON (met.line_no, met.place, h.line_id)
           met.line_no, met.rep, met."on", met.place, h.line_id, h.territory_id
    FROM met JOIN customers_holding h ON h.customer_id = met.customer_id AND h.during @> met."on"
    ORDER BY met.line_no, met.place, h.line_id, h.way
), fitting AS (
    SELECT held.line_no, held.line_id, p.id AS posting_id, p.territory_id, p.role, count(*) AS attendees,
           array_agg(held.territory_id ORDER BY held.place) AS frozen
    FROM held
    JOIN accounts_posting p ON p.user_id = held.rep AND p.during @> held."on" AND p.role IN ('rep', 'manager')
    JOIN accounts_territorypath path
        ON path.ancestor_id = p.territory_id AND path.descendant_id = held.territory_id
    GROUP BY held.line_no, held.line_id, p.id
), made AS (
    SELECT DISTINCT ON (f.line_no) f.* FROM fitting f JOIN stage s ON s.line_no = f.line_no
    WHERE f.attendees = cardinality(s.met) ORDER BY f.line_no, f.role DESC, f.posting_id
)
UPDATE stage s SET line_id = made.line_id, territory_id = made.territory_id, frozen = made.frozen
FROM made WHERE made.line_no = s.line_no
"""


_AS_FROZEN = """
UPDATE stage s SET line_id = v.line_id, territory_id = v.territory_id,
       frozen = ARRAY(SELECT a.territory_id FROM unnest(s.met) WITH ORDINALITY m (customer_id, place)
                      JOIN visits_attendee a ON a.visit_id = v.id AND a.customer_id = m.customer_id ORDER BY m.place)
FROM visits_visit v
WHERE v.id = s.row_id AND v.maker_id = s.rep AND v."on" = s."on"
  AND s.met <@ ARRAY(SELECT a.customer_id FROM visits_attendee a WHERE a.visit_id = v.id) AND s.met <> '{}'
"""


# A copy says under which territory the visit was made, and which one held each attendee.
_AS_COPIED = """
UPDATE stage s SET line_id = t.line_id, territory_id = s.under,
       frozen = ARRAY(SELECT nullif(h.territory, '')::uuid
                      FROM jsonb_array_elements_text(s.held_by) WITH ORDINALITY h (territory, place) ORDER BY h.place)
FROM accounts_territory t
WHERE t.id = s.under AND jsonb_typeof(s.held_by) = 'array' AND jsonb_array_length(s.held_by) = cardinality(s.met)
"""


def _find_territories(stage: Stage) -> None:
    """Under which posting of the maker each visit was made, and which territory held each attendee. What is
    stored stays as it was frozen, unless the file says another maker, day or company."""
    stage.run("UPDATE stage SET met = persons || institutions")
    stage.run(
        """UPDATE stage s SET known_on =
               coalesce((SELECT v.known_on FROM visits_visit v WHERE v.id = s.row_id), %(today)s)
           WHERE s.known_on IS NULL"""
    )
    stage.run("UPDATE stage SET next_step_state = 'open' WHERE next_step <> '' AND next_step_state = ''")
    stage.run(_AS_COPIED)
    stage.run(_AS_FROZEN)
    # In a house that was filled a moment ago the planner knows nothing yet, and would compare all with all.
    stage.run("SET enable_nestloop = off")
    try:
        stage.run(_MADE_UNDER)
    finally:
        stage.run("RESET enable_nestloop")


_FIRST = "ORDER BY f.due_on, f.kind, f.id LIMIT 1"  # of several promises the one that files of visits name


def _write_visits(stage: Stage) -> None:
    stage.upsert(
        "visits_visit",
        {
            "maker_id": "s.rep",
            "line_id": "s.line_id",
            "territory_id": "s.territory_id",
            "place_id": "s.place",
            '"on"': 's."on"',
            "channel": "s.channel",
            "purpose": "s.purpose",
            "joint_with_id": "s.joint_with",
            "needs": "s.needs",
            "objections": "s.objections",
            "materials": "s.materials",
            "competitors": "s.competitors",
            "note": "s.note",
            "state": "s.state",
            "known_on": "s.known_on",
            "amendment": "s.amendment",
        },
        on_insert={"reported_at": "coalesce(s.reported_at, now())", "version": "s.version"},
        on_update={"version": "t.version + 1"},
    )
    _remember_met_before(stage)
    changed = "USING stage s WHERE s.verdict = 'changed' AND t.visit_id = s.row_id"
    stage.run(f"DELETE FROM visits_attendee t {changed}")
    stage.run(f"DELETE FROM visits_visitproduct t {changed}")
    stage.run(
        f"""DELETE FROM visits_followup t {changed}
            AND (t.kind, t.customer_id) IS DISTINCT FROM (s.next_step::varchar, s.met[1])
            AND t.id = (SELECT f.id FROM visits_followup f WHERE f.visit_id = s.row_id {_FIRST})"""
    )
    stage.run(
        """INSERT INTO visits_attendee (visit_id, customer_id, territory_id)
           SELECT s.row_id, met.customer_id, s.frozen[met.place] FROM stage s,
                  unnest(s.met) WITH ORDINALITY AS met (customer_id, place)
           WHERE s.verdict <> 'same' ORDER BY s.line_no, met.place"""
    )
    stage.run(
        """INSERT INTO visits_visitproduct (visit_id, product_id, position, reaction, message)
           SELECT s.row_id, p.product_id, p.place - 1, s.products_mark[p.place],
                  coalesce(s.messages ->> (p.place - 1)::int, '') FROM stage s,
                  unnest(s.products) WITH ORDINALITY AS p (product_id, place)
           WHERE s.verdict <> 'same' ORDER BY s.line_no, p.place"""
    )
    stage.run(
        """INSERT INTO visits_followup (id, visit_id, customer_id, kind, due_on, text, state)
           SELECT coalesce(nullif(s.next_step_row, '')::uuid, s.new_id), s.row_id, s.met[1], s.next_step,
                  s.next_step_on, s.next_step_text, s.next_step_state
           FROM stage s WHERE s.verdict <> 'same' AND s.next_step <> ''
           ON CONFLICT (visit_id, customer_id, kind)
           DO UPDATE SET due_on = excluded.due_on, text = excluded.text, state = excluded.state"""
    )
    _refresh_visited(stage)


def _remember_met_before(stage: Stage) -> None:
    """Whoever an amended visit no longer names must lose it as his last visit, too."""
    stage.run(
        """UPDATE stage s SET met_before =
               ARRAY(SELECT a.customer_id FROM visits_attendee a WHERE a.visit_id = s.row_id)
           WHERE s.verdict = 'changed'"""
    )


def _refresh_visited(stage: Stage) -> None:
    """In the transaction of the visits: a load that is cut off leaves no customer with an old last visit."""
    stage.run(
        """SELECT DISTINCT customer_id FROM stage s, unnest(s.met || coalesce(s.met_before, '{}')) AS customer_id
           WHERE s.verdict <> 'same'"""
    )
    refresh_visited(customers=[row[0] for row in stage.cursor.fetchall()], on=stage.today)


VISITS = Kind(
    name="visits",
    title=_("Visits"),
    entity="visit",
    table="visits_visit",
    columns=(
        Key(name="id", help=_("id of the visit in the source"), to="visit"),
        Reference(name="rep", help=_("who made it"), to="user", required=True),
        Day(name="on", help=_("on which day"), required=True),
        Code(name="channel", help=_("how"), of=Visit.Channel, default="face_to_face"),
        Reference(name="place", help=_("at which institution"), to="institution"),
        References(name="persons", help=_("whom"), to="person"),
        References(name="institutions", help=_("institutions visited as such"), to="institution"),
        References(
            name="products",
            help=_("what was talked about, in order, and how it was received"),
            to="product",
            marks=tuple(VisitProduct.Reaction.values),
        ),
        Document(name="messages", help=_("key messages, a JSON list in the order of the products")),
        Text(name="purpose", help=_("what for"), max_length=200),
        Reference(name="joint_with", help=_("who of us came along"), to="user"),
        Text(name="needs", help=_("needs that were heard"), max_length=500),
        Text(name="objections", help=_("objections that were raised"), max_length=500),
        Text(name="materials", help=_("what was handed over"), max_length=300),
        Text(name="competitors", help=_("what was heard of competitors"), max_length=500),
        Text(name="note", help=_("note"), max_length=4000, lines=True),
        Code(
            name="next_step",
            help=_("what was promised to the first one met"),
            of=FollowUp.Kind,
        ),
        Day(name="next_step_on", help=_("by when")),
        Text(name="next_step_text", help=_("in words"), max_length=500),
        Code(
            name="next_step_state",
            help=_("whether it was kept; empty: still open"),
            of=FollowUp.State,
        ),
        Code(name="state", help=_("void: it did not take place"), of=Visit.State, default="reported"),
        Text(name="amendment", help=_("why it was amended or made void"), max_length=300),
        Day(name="known_on", help=_("nights after this day use it; empty: today"), kept=False),
        Reference(name="under", help=_("territory of the posting"), to="territory", kept=False, copy=True),
        Document(name="held_by", help=_("territories that held those met"), kept=False, copy=True),
        Key36(name="next_step_row", help=_("key of the next step"), kept=False, copy=True),
        Moment(name="reported_at", help=_("reported at"), kept=False, copy=True),
        Number(name="version", help=_("edits so far"), low=1, default="1", kept=False, copy=True),
    ),
    key=("id",),
    derived=(
        Derived("met", "uuid[]", "NULL"),  # of persons and institutions, once the columns left out are filled in
        Derived("frozen", "uuid[]", "NULL"),
        Derived("met_before", "uuid[]", "NULL"),
        Derived("line_id", "uuid", "NULL"),
        Derived("territory_id", "uuid", "NULL"),
    ),
    unwritten=("under", "held_by", "next_step_row", "reported_at", "version"),
    current=f"""
        SELECT v.id AS row_id, v.id, v.maker_id AS rep, v."on", v.channel, v.place_id AS place,
               ARRAY(SELECT a.customer_id FROM visits_attendee a JOIN customers_person p USING (customer_id)
                     WHERE a.visit_id = v.id ORDER BY a.id) AS persons,
               ARRAY(SELECT a.customer_id FROM visits_attendee a JOIN customers_institution i USING (customer_id)
                     WHERE a.visit_id = v.id ORDER BY a.id) AS institutions,
               ARRAY(SELECT p.product_id FROM visits_visitproduct p
                     WHERE p.visit_id = v.id ORDER BY p.position) AS products,
               ARRAY(SELECT p.reaction::text FROM visits_visitproduct p
                     WHERE p.visit_id = v.id ORDER BY p.position) AS products_mark,
               (SELECT CASE WHEN bool_or(p.message <> '') THEN jsonb_agg(p.message ORDER BY p.position) END
                FROM visits_visitproduct p WHERE p.visit_id = v.id) AS messages,
               v.purpose, v.joint_with_id AS joint_with, v.needs, v.objections, v.materials, v.competitors,
               v.note, coalesce(f.kind, '') AS next_step, f.due_on AS next_step_on,
               coalesce(f.text, '') AS next_step_text, coalesce(f.state, '') AS next_step_state, v.state, v.known_on,
               v.amendment, v.territory_id AS under, f.id::text AS next_step_row, v.reported_at, v.version,
               (SELECT jsonb_agg(coalesce(a.territory_id::text, '') ORDER BY i.customer_id IS NOT NULL, a.id)
                FROM visits_attendee a LEFT JOIN customers_institution i USING (customer_id)
                WHERE a.visit_id = v.id) AS held_by
        FROM visits_visit v
        LEFT JOIN LATERAL (
            SELECT f.id, f.kind, f.due_on, f.text, f.state FROM visits_followup f WHERE f.visit_id = v.id
            {_FIRST}
        ) f ON true
    """,
    prepare=_find_territories,
    checks=(
        Check("persons", "cardinality(s.met) = 0", _("Say who was met: persons or institutions.")),
        Check("on", 's."on" > %(today)s', _("lies in the future; a visit is loaded once it took place.")),
        Check(
            "rep",
            "s.territory_id IS NULL AND cardinality(s.met) > 0",
            _(
                "had no posting on {value} whose territory held everybody met; "
                "load postings, affiliations and alignment first."
            ),
            's."on"',
        ),
        Check(
            "next_step_on",
            "(s.next_step = '') <> (s.next_step_on IS NULL)",
            _("A next step needs both kind and date."),
        ),
        Check("next_step_on", 's.next_step_on < s."on"', _("lies before the visit.")),
        Check("messages", f"s.messages::text ~ '{TURNING.pattern}'", TURNED),
        Check(
            "messages",
            """s.messages IS NOT NULL AND (jsonb_typeof(s.messages) <> 'array'
               OR EXISTS (SELECT FROM jsonb_array_elements(CASE jsonb_typeof(s.messages) WHEN 'array' THEN s.messages
                              ELSE '[]' END) m WHERE jsonb_typeof(m) <> 'string' OR length(m #>> '{}') > 200)
               OR jsonb_array_length(CASE jsonb_typeof(s.messages) WHEN 'array' THEN s.messages ELSE '[]' END)
                  > cardinality(s.products))""",
            _("is a JSON list of texts of at most 200 characters, one for each product."),
        ),
        Check("under", f"s.under IS NOT NULL AND s.row_id IS NULL AND {LIVED}", _("stands in copies only.")),
    ),
    judged=(too_far_ahead("next_step_on", is_copied="s.reported_at IS NOT NULL"),),
    write=_write_visits,
    only='c."on" <= %(on)s',
    carries=("visits.Visit", "visits.Attendee", "visits.VisitProduct"),
)
