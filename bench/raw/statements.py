"""The raw application's statements on the tables of fees."""

from __future__ import annotations

HOLDS = "{0}.valid_from <= current_date AND ({0}.valid_to IS NULL OR {0}.valid_to >= current_date)"
# Whether a person still has a role under the organisation's controller, and an account.
WORKS = """EXISTS (
  SELECT 1 FROM membership b JOIN organisation t ON t.id = b.organisation_id
  JOIN organisation k ON k.controller_id = t.controller_id JOIN account g ON g.person_id = b.person_id
  WHERE b.person_id = {0} AND b.role <> 'expert' AND {holds} AND k.id = {1} AND g.active OFFSET 0
)"""
# Whether somebody who is there today, and not one of the claim's own people, may decide at desk {desk}.
ATTENDED = """EXISTS (
  SELECT 1 FROM fees_desk_member x WHERE x.desk_id = {desk} AND {holds} AND {works}
    AND x.person_id <> ALL({shut})
    AND NOT EXISTS (SELECT 1 FROM fees_desk_deputy y WHERE y.desk_id = x.desk_id
                    AND y.for_person_id = x.person_id AND {away})
)"""
MODULE = """(SELECT s.state FROM organisation_closure u JOIN module_state s
  ON s.organisation_id = u.ancestor_id AND s.module = 'fees'
  WHERE u.descendant_id = {unit} AND s.state IS NOT NULL ORDER BY u.depth LIMIT 1)"""


def _works(row: str, person: str = "person_id") -> str:
    return WORKS.format(f"{row}.{person}", f"{row}.organisation_id", holds=HOLDS.format("b"))


def _attended(desk: str, shut: str) -> str:
    dates = {"holds": HOLDS.format("x"), "away": HOLDS.format("y")}
    return ATTENDED.format(desk=desk, shut=shut, works=_works("x"), **dates)


# Nobody switches the module off between its check and the commit.
HOLD_EPOCH = "SELECT value FROM epoch FOR SHARE"


DRAFT = """
SELECT d.data, p.name, p.email, p.phone, e.id AS expert_id
FROM fees_draft d JOIN person p ON p.id = d.person_id LEFT JOIN expert e ON e.person_id = p.id
WHERE d.person_id = %(person)s AND d.submit_key = %(key)s FOR NO KEY UPDATE OF p
"""
EARLIER = """
SELECT l.kind, l.start, l.quantity FROM fees_claim c
JOIN fees_claim_line l ON l.claim_id = c.id AND l.revision = c.revision
WHERE c.beneficiary_id = %(person)s AND c.state NOT IN ('rejected', 'withdrawn')
  AND c.organisation_id = %(unit)s AND l.day = %(day)s AND l.kind IN ('work', 'preparation')
"""
DROP_DRAFT = "DELETE FROM fees_draft WHERE person_id = %(person)s AND submit_key = %(key)s"
SENT_BEFORE = """
SELECT r.number FROM fees_sheet s JOIN fees_receipt r ON r.sheet_id = s.id
WHERE s.submitter_id = %(person)s AND s.submit_key = %(key)s
"""
PLACE = """
SELECT o.controller_id AS payer, p.code AS prefix, {module} AS state,
  ARRAY(SELECT c.ancestor_id FROM organisation_closure c
        WHERE c.descendant_id = o.id AND c.same_controller ORDER BY c.depth) AS path
FROM organisation o JOIN organisation p ON p.id = o.controller_id
WHERE o.id = %(unit)s AND (o.ended IS NULL OR o.ended >= current_date)
""".format(module=MODULE.format(unit="o.id"))
RULES = """
SELECT w.id AS work_type_id, w.payment_class, w.income_type, v.id AS version_id, v.unit_cents,
  v.preparation_unit_cents, v.preparation_cap_minutes, v.organisation_id AS rate_organisation,
  y.id AS km_id, y.cents AS km_cents
FROM fees_work_type w
JOIN fees_rate r ON r.unit = w.unit AND (r.work_type_id = w.id OR r.work_type_id IS NULL)
  AND r.organisation_id = ANY(%(path)s)
JOIN fees_rate_version v ON v.rate_id = r.id AND v.published_at IS NOT NULL
  AND v.valid_from <= %(day)s AND (v.valid_to IS NULL OR v.valid_to >= %(day)s)
JOIN fees_yearly_table y ON y.kind = 'km' AND y.year = EXTRACT(YEAR FROM %(day)s::date)
WHERE w.code = %(code)s AND w.active AND w.organisation_id = ANY(%(path)s)
ORDER BY array_position(%(path)s, w.organisation_id), r.work_type_id IS NULL,
  array_position(%(path)s, r.organisation_id), v.valid_from DESC LIMIT 1
"""
STEPS = """
SELECT s.no, s.desk_kind, s.due_days, s.chain_version_id, d.id AS desk_id, {attended} AS attended,
  (SELECT a.id FROM fees_desk a WHERE a.organisation_id = (%(path)s::int[])[cardinality(%(path)s)]
   AND a.kind = 'administrator') AS administrator_id
FROM fees_chain_step s CROSS JOIN LATERAL (
  SELECT k.id FROM fees_desk k WHERE k.kind = s.desk_kind AND k.organisation_id = ANY(%(path)s)
  ORDER BY array_position(%(path)s, k.organisation_id) LIMIT 1
) d
WHERE s.chain_version_id = (
  SELECT v.id FROM fees_chain c JOIN fees_chain_version v ON v.chain_id = c.id
  WHERE c.organisation_id = ANY(%(path)s) AND v.published_at <= now()
  ORDER BY array_position(%(path)s, c.organisation_id), v.number DESC LIMIT 1
) ORDER BY s.no
""".format(attended=_attended("d.id", "ARRAY[%(person)s::int]"))
ADD_SHEET = """
INSERT INTO fees_sheet (organisation_id, submitter_id, submit_key, created_at)
VALUES (%(payer)s, %(person)s, %(key)s, %(at)s) ON CONFLICT DO NOTHING RETURNING id
"""
ADD_PAYEE = """
INSERT INTO fees_payee (organisation_id, person_id, name, email, phone)
VALUES (%(payer)s, %(person)s, %(name)s, %(email)s, %(phone)s) RETURNING id
"""
ADD_CLAIM = """
INSERT INTO fees_claim (organisation_id, sheet_id, part, submitter_id, beneficiary_id, expert_id, payee_id,
  state, desk_id, since, due_at, step_no, total_cents, revision, chain_version_id, version, created_at)
VALUES (%(unit)s, %(sheet)s, 1, %(person)s, %(person)s, %(expert)s, %(payee)s, 'submitted',
  %(desk)s, %(at)s, %(due)s, %(step)s, %(total)s, 1, %(chain)s, 1, %(at)s) RETURNING id
"""
ADD_LINES = """
INSERT INTO fees_claim_line (organisation_id, claim_id, revision, no, task, work_type_id, work_type_code, day,
  start, "end", kind, quantity, unit, unit_cents, cents, rate_version_id, yearly_table_id,
  source_organisation_id, payment_class, income_type)
"""
ADD_STEPS = """
INSERT INTO fees_claim_step (organisation_id, claim_id, revision, no, desk_id, desk_kind, due_days, required)
"""
ADD_EVENT = """
INSERT INTO fees_claim_event (claim_id, organisation_id, seq, action, from_state, to_state, actor_id,
  acting_for_id, step_no, desk_id, since, due_at, note, revision, total_cents, text_hmac, at, prev_hash, hash)
VALUES (%(claim_id)s, %(organisation_id)s, %(seq)s, %(action)s, %(from_state)s, %(to_state)s, %(actor_id)s,
  %(acting_for_id)s, %(step_no)s, %(desk_id)s, %(since)s, %(due_at)s, %(note)s, %(revision)s, %(total_cents)s,
  %(text_hmac)s, %(at)s, %(prev_hash)s, %(hash)s)
"""
ADD_TEXT = """
INSERT INTO fees_claim_text (organisation_id, claim_id, seq, text, salt)
VALUES (%(organisation_id)s, %(claim_id)s, %(seq)s, %(text)s, %(salt)s)
"""
ADD_OUTBOX = """
INSERT INTO outbox (dedupe_key, kind, module, organisation_id, payload, state, attempts, created_at, next_at)
VALUES (%(key)s, 'fees.claim_event', 'fees', %(organisation_id)s, %(payload)s, 'pending', 0, %(at)s, %(at)s)
"""
LOCK_PAYER = "SELECT id FROM organisation WHERE id = %(payer)s FOR NO KEY UPDATE"
ADD_RECEIPT = """
INSERT INTO fees_receipt (organisation_id, year, number, prefix, sheet_id, at)
SELECT %(payer)s, %(year)s, COALESCE(max(number), 0) + 1, %(prefix)s, %(sheet)s, %(at)s
FROM fees_receipt WHERE organisation_id = %(payer)s AND year = %(year)s RETURNING number
"""
SITUATION = """
SELECT c.id, c.organisation_id, c.state, c.version, c.step_no, c.revision, c.total_cents,
  v.hash AS last_hash,
  (%(person)s <> ALL(ARRAY[c.submitter_id, c.beneficiary_id])
   AND d.kind NOT IN ('payroll', 'administrator', 'own') AND %(person)s <> ALL(a.before)
   AND EXISTS (SELECT 1 FROM fees_desk_member m
               WHERE m.desk_id = c.desk_id AND m.person_id = %(person)s AND {holds} AND {works}
               UNION ALL
               SELECT 1 FROM fees_desk_deputy q JOIN fees_desk_member m ON m.desk_id = q.desk_id
                 AND m.person_id = q.for_person_id AND {holds} AND {works}
               WHERE q.desk_id = c.desk_id AND q.deputy_person_id = %(person)s AND {acts} AND {deputy_works}
              )) AS allowed,
  {module} AS module, n.no AS next_no, n.desk_id AS next_desk, n.due_days AS next_days,
  {attended} AS next_attended,
  (SELECT f.id FROM fees_desk f WHERE f.organisation_id = s.organisation_id
   AND f.kind = 'payroll') AS payroll_id,
  (SELECT f.id FROM fees_desk f WHERE f.organisation_id = s.organisation_id
   AND f.kind = 'administrator') AS administrator_id
FROM fees_claim c
JOIN fees_sheet s ON s.id = c.sheet_id
JOIN fees_claim_event v ON v.claim_id = c.id AND v.seq = c.version
JOIN fees_desk d ON d.id = c.desk_id
CROSS JOIN LATERAL (
  SELECT ARRAY(SELECT p.person_id FROM fees_approval p WHERE p.claim_id = c.id AND p.revision = c.revision
               AND p.undone_seq IS NULL
               UNION ALL
               SELECT z.actor_id FROM fees_claim_event z WHERE z.claim_id = c.id AND z.action = 'step_aside'
              ) AS before
) a
LEFT JOIN LATERAL (
  SELECT t.no, t.desk_id, t.due_days FROM fees_claim_step t
  WHERE t.claim_id = c.id AND t.revision = c.revision AND t.required AND t.no > c.step_no
  ORDER BY t.no LIMIT 1
) n ON true
WHERE c.id = %(claim)s
""".format(
    holds=HOLDS.format("m"),
    acts=HOLDS.format("q"),
    works=_works("m"),
    deputy_works=_works("q", "deputy_person_id"),
    module=MODULE.format(unit="c.organisation_id"),
    attended=_attended("n.desk_id", "a.before || ARRAY[c.submitter_id, c.beneficiary_id, %(person)s::int]"),
)
MOVE = """
UPDATE fees_claim SET state = %(state)s, desk_id = %(desk)s, since = %(at)s, due_at = %(due)s,
  step_no = %(step)s, version = version + 1
WHERE id = %(claim)s AND version = %(version)s AND state = %(from_state)s
"""
ADD_APPROVAL = """
INSERT INTO fees_approval (claim_id, organisation_id, seq, revision, step_no, person_id, acting_for_id)
VALUES (%(claim_id)s, %(organisation_id)s, %(seq)s, %(revision)s, %(step_no)s, %(actor_id)s,
  %(acting_for_id)s)
"""
