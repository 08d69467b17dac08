"""What a night counts of a cycle, each as one read-only statement. Facts are those dated before the night and known
before it; what is known of a customer is that of `%(day)s`: the night, or the last day of a cycle that has ended."""

# Whoever is held, was planned, was met or has a promise due. A role is the strongest one, else what a call target
# takes it for.
CUSTOMERS = """
WITH held AS (
    SELECT h.customer_id, h.territory_id FROM customers_held(%(day)s) h
    JOIN customers_customer c ON c.id = h.customer_id
    WHERE h.line_id = %(line)s AND c.merged_into_id IS NULL AND (c.ended_on IS NULL OR c.ended_on > %(day)s)
), planned AS (
    SELECT customer_id, territory_id, tier, visits_due FROM visits_calltarget
    WHERE cycle_id = %(cycle)s AND visits_due > 0
), met AS (
    SELECT a.customer_id, count(*)::int AS done FROM visits_attendee a JOIN visits_visit v ON v.id = a.visit_id
    WHERE v.line_id = %(line)s AND v.state = 'reported' AND v."on" >= %(first)s AND v."on" < %(before)s
      AND v.known_on < %(night)s
    GROUP BY a.customer_id
), promised AS (
    SELECT f.customer_id FROM visits_followup f JOIN visits_visit v ON v.id = f.visit_id
    WHERE v.line_id = %(line)s AND f.due_on >= %(first)s AND f.due_on < %(before)s
), everybody AS (
    SELECT customer_id FROM held UNION SELECT customer_id FROM planned UNION SELECT customer_id FROM met
    UNION SELECT customer_id FROM promised
), roles AS (
    SELECT DISTINCT ON (person_id) person_id, role FROM customers_roleassignment
    WHERE during @> %(day)s::date ORDER BY person_id, strength DESC, role
), places AS (
    SELECT f.person_id, i.kind FROM customers_affiliation f
    JOIN customers_institution i ON i.customer_id = f.institution_id
    WHERE f.is_primary AND f.during @> %(day)s::date
)
SELECT %(cycle)s::bigint AS cycle_id, e.customer_id, held.territory_id, coalesce(t.tier, '') AS tier,
       coalesce(cs.next_due_on < %(night)s, false) AS overdue,
       planned.territory_id AS plan_territory_id, coalesce(planned.tier, '') AS plan_tier,
       planned.visits_due AS due, coalesce(met.done, 0) AS done,
       CASE WHEN c.kind = 'person' THEN coalesce(roles.role, 'prescriber')
            WHEN i.is_medical THEN 'decision_maker' ELSE 'trade' END AS role,
       c.kind, coalesce(i.kind, places.kind, '') AS place_kind
FROM everybody e
JOIN customers_customer c ON c.id = e.customer_id
LEFT JOIN held ON held.customer_id = e.customer_id
LEFT JOIN planned ON planned.customer_id = e.customer_id
LEFT JOIN met ON met.customer_id = e.customer_id
LEFT JOIN segmentation_tierassignment t
    ON t.customer_id = e.customer_id AND t.line_id = %(line)s AND t.during @> %(day)s::date
LEFT JOIN customers_customerstatus cs
    ON cs.customer_id = e.customer_id AND cs.line_id = %(line)s AND cs.territory_id IS NOT NULL AND %(running)s
LEFT JOIN customers_institution i ON i.customer_id = e.customer_id
LEFT JOIN roles ON roles.person_id = e.customer_id
LEFT JOIN places ON places.person_id = e.customer_id
"""

# What began on a night of the cycle, against what ended as it began; as told to whoever holds the customer.
MOVES = """
SELECT a.id AS assignment_id, b.id AS previous_id, %(cycle)s::bigint AS cycle_id, a.customer_id, c.territory_id,
       lower(a.during) AS "on", b.tier AS before, a.tier AS after, EXISTS (
           SELECT FROM segmentation_tierassignment z
           WHERE z.customer_id = a.customer_id AND z.line_id = a.line_id AND z.tier = b.tier
             AND lower(z.during) > lower(a.during) AND lower(z.during) <= least(lower(a.during) + 30, %(night)s)
       ) AS undone, c.role, c.kind, c.place_kind
FROM segmentation_tierassignment a
JOIN segmentation_tierassignment b ON b.customer_id = a.customer_id AND b.line_id = a.line_id
    AND upper(b.during) = lower(a.during) AND b.tier <> a.tier
JOIN segmentation_cyclecustomer c ON c.cycle_id = %(cycle)s AND c.customer_id = a.customer_id
WHERE a.line_id = %(line)s AND lower(a.during) >= %(first)s AND lower(a.during) < %(end)s
  AND lower(a.during) <= %(night)s AND c.territory_id IS NOT NULL
"""

# A promise was kept by its date unless the trail says that it became done only later, on a page or by a program: a file
# that brings it as done does not say when that was.
KEPT = """f.state = 'done' AND NOT EXISTS (
    SELECT FROM visits_followupevent e
    WHERE e.visit_id = f.visit_id AND e.id = f.id AND e.state = 'done' AND e.pgh_label = 'update'
      AND e.job NOT LIKE 'import %%' AND (
          SELECT before.state FROM visits_followupevent before
          WHERE before.visit_id = f.visit_id AND before.id = f.id AND before.pgh_id < e.pgh_id
          ORDER BY before.pgh_id DESC LIMIT 1) IS DISTINCT FROM 'done'
      AND (e.pgh_created_at AT TIME ZONE %(zone)s)::date > f.due_on)"""

SUMS = f"""
WITH said AS (
    SELECT * FROM segmentation_cyclecustomer WHERE cycle_id = %(cycle)s
), parts (territory_id, tier, role, kind, place_kind, customers, overdue, targets, due, reached, on_frequency,
          capped, calls, off_plan, in_time, promises, kept, moves_up, moves_down, undone) AS (
    SELECT territory_id, tier, role, kind, place_kind, 1, overdue::int, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM said WHERE territory_id IS NOT NULL
    UNION ALL
    SELECT plan_territory_id, plan_tier, role, kind, place_kind, 0, 0, 1, due, (done > 0)::int,
           (5 * abs(done - due) <= due)::int, least(done, due), 0, 0, 0, 0, 0, 0, 0, 0
    FROM said WHERE due IS NOT NULL
    UNION ALL
    SELECT a.territory_id, CASE WHEN s.due IS NULL THEN s.tier ELSE s.plan_tier END, s.role, s.kind, s.place_kind,
           0, 0, 0, 0, 0, 0, 0, 1, (s.due IS NULL)::int, (v.known_on <= v."on" + 1)::int, 0, 0, 0, 0, 0
    FROM visits_visit v JOIN visits_attendee a ON a.visit_id = v.id JOIN said s ON s.customer_id = a.customer_id
    WHERE v.line_id = %(line)s AND v.state = 'reported' AND v."on" >= %(first)s AND v."on" < %(before)s
      AND v.known_on < %(night)s AND a.territory_id IS NOT NULL
    UNION ALL
    SELECT a.territory_id, CASE WHEN s.due IS NULL THEN s.tier ELSE s.plan_tier END, s.role, s.kind, s.place_kind,
           0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ({KEPT})::int, 0, 0, 0
    FROM visits_followup f
    JOIN visits_visit v ON v.id = f.visit_id AND v.line_id = %(line)s AND v.state = 'reported'
    JOIN visits_attendee a ON a.visit_id = v.id AND a.customer_id = f.customer_id
    JOIN said s ON s.customer_id = f.customer_id
    WHERE f.due_on >= %(first)s AND f.due_on < %(before)s AND f.state <> 'dismissed' AND v.known_on < %(night)s
      AND a.territory_id IS NOT NULL
    UNION ALL
    SELECT territory_id, after, role, kind, place_kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
           (after < before)::int, (after > before)::int, undone::int
    FROM segmentation_tiermove WHERE cycle_id = %(cycle)s
)
SELECT %(cycle)s::bigint AS cycle_id, territory_id, tier, role, kind, place_kind,
       sum(customers)::int AS customers, sum(overdue)::int AS overdue, sum(targets)::int AS targets,
       sum(due)::int AS due, sum(reached)::int AS reached, sum(on_frequency)::int AS on_frequency,
       sum(capped)::int AS capped, sum(calls)::int AS calls, sum(off_plan)::int AS off_plan,
       sum(in_time)::int AS in_time, sum(promises)::int AS promises, sum(kept)::int AS kept,
       sum(moves_up)::int AS moves_up, sum(moves_down)::int AS moves_down, sum(undone)::int AS undone
FROM parts GROUP BY territory_id, tier, role, kind, place_kind
"""

# A day of a territory is worked when one of its reps works; without a rep, when the calendar says so.
FIELD = """
WITH days AS (
    SELECT day::date FROM generate_series(%(first)s::date, %(end)s::date - 1, interval '1 day') AS day
), worked AS (
    SELECT t.id AS territory_id, d.day FROM accounts_territory t CROSS JOIN days d
    LEFT JOIN accounts_holiday h ON h.jurisdiction = t.jurisdiction AND h."on" = d.day
    WHERE t.line_id = %(line)s AND coalesce(h.works, extract(isodow FROM d.day) < 6)
), off AS (
    SELECT o.user_id, d.day, least(2, sum(CASE o.half WHEN '' THEN 2 ELSE 1 END)) AS halves
    FROM accounts_timeoff o JOIN days d ON o.during @> d.day GROUP BY o.user_id, d.day
), present AS (
    SELECT w.territory_id, w.day, max(2 - coalesce(off.halves, 0))::int AS halves
    FROM worked w
    LEFT JOIN accounts_posting p ON p.territory_id = w.territory_id AND p.role = 'rep' AND p.during @> w.day
    LEFT JOIN off ON off.user_id = p.user_id AND off.day = w.day
    GROUP BY w.territory_id, w.day
), calendar AS (
    SELECT territory_id, sum(halves)::int AS half_days,
           coalesce(sum(halves) FILTER (WHERE day < %(night)s), 0)::int AS half_days_gone
    FROM present GROUP BY territory_id
), made AS (
    SELECT territory_id, count(*)::int AS face_to_face, count(DISTINCT (maker_id, "on"))::int AS field_days
    FROM visits_visit
    WHERE line_id = %(line)s AND state = 'reported' AND channel = 'face_to_face'
      AND "on" >= %(first)s AND "on" < %(before)s AND known_on < %(night)s
    GROUP BY territory_id
)
SELECT %(cycle)s::bigint AS cycle_id, t.id AS territory_id, coalesce(made.face_to_face, 0) AS face_to_face,
       coalesce(made.field_days, 0) AS field_days, coalesce(calendar.half_days, 0) AS half_days,
       coalesce(calendar.half_days_gone, 0) AS half_days_gone
FROM accounts_territory t
LEFT JOIN calendar ON calendar.territory_id = t.id
LEFT JOIN made ON made.territory_id = t.id
WHERE t.line_id = %(line)s
"""

# Running cycles and those of the last weeks, into which late facts and undone moves still fall; of the others of a
# year those that were never counted, or in which a visit became known since.
WANTED = """
SELECT c.id, c.line_id, lower(c.during), upper(c.during) FROM visits_cycle c
LEFT JOIN segmentation_cyclenight n ON n.cycle_id = c.id
WHERE lower(c.during) <= %(night)s AND upper(c.during) > %(night)s::date - %(shown)s::int
  AND (n.night IS NULL OR n.night <= %(night)s AND (
      upper(c.during) > %(night)s::date - %(late)s::int OR EXISTS (
          SELECT FROM visits_visit v WHERE v.line_id = c.line_id AND c.during @> v."on" AND v.known_on >= n.night)))
ORDER BY lower(c.during), c.id
"""
