"""The statements that read and write the verdicts file.

Those that read leave damaged rows out, which `intact` notes. Those that change verdicts have looked at them before.
"""

from qdesk.curation.verdicts.schema import CONFLICTS as OTHERS
from qdesk.curation.verdicts.schema import HISTORY, VERDICTS

# A decision is first put into the temporary table `moves`, one line per drawing, the reason null where a verdict is
# taken back. A few statements then do the rest, however many drawings there are.
MOVES = "CREATE TEMP TABLE moves (identity TEXT PRIMARY KEY, reason, note, flagged_at, facts)"

SELECT = f"SELECT identity, reason, note, flagged_at, facts FROM verdicts WHERE {VERDICTS.intact()}"
RANKED = f"""
    {SELECT} ORDER BY json_extract(facts, '$.rank') NULLS LAST, coalesce(json_extract(facts, '$.source'), ''),
    json_extract(facts, '$.row') NULLS LAST, identity
"""
# The drawings that a statement is about are first put into the temporary table `chosen`: a million of them as one
# parameter would keep Python from doing anything else for half a second.
CHOSEN = "CREATE TEMP TABLE chosen (value TEXT)"
CHOOSE = "INSERT INTO chosen VALUES (?)"
AMONG = "identity IN (SELECT value FROM chosen)"
# Also those that have more behind the key_id.
KEY_AMONG = f"({AMONG} OR substr(identity, 1, instr(identity, '#') - 1) IN (SELECT value FROM chosen))"
# The identities with a key_id are it alone, or it with a number sign and more behind it; "$" comes after "#".
KNOWN = f"SELECT identity, reason FROM verdicts WHERE {VERDICTS.intact()}"
NOTES = f"SELECT identity, note FROM verdicts WHERE note <> '' AND {VERDICTS.intact()}"
IN_MOVES = "identity IN (SELECT identity FROM moves)"
IN_STEP = "identity IN (SELECT identity FROM history WHERE step = ? AND kind = ?)"
REMEMBERED = f"SELECT identity, facts FROM verdicts WHERE {VERDICTS.intact()}"
WITH_KEYS = f"""
    SELECT DISTINCT identity, facts FROM chosen JOIN verdicts
    ON (identity = value OR (identity > value || '#' AND identity < value || '$')) AND {VERDICTS.intact()}
"""
MOVE = "INSERT OR REPLACE INTO moves VALUES (?, ?, ?, ?, ?)"
CHANGES = """
    SELECT m.identity, coalesce(v.reason, ''), coalesce(m.reason, '')
    FROM moves m LEFT JOIN verdicts v USING (identity) ORDER BY m.rowid
"""
FORGET_SAME = """
    DELETE FROM moves
    WHERE (reason, note, json_extract(facts, '$.new_word')) IS (
        SELECT reason, note, json_extract(facts, '$.new_word') FROM verdicts v WHERE v.identity = moves.identity
    )
    AND NOT EXISTS (
        SELECT 1 FROM conflicts c JOIN steps USING (step)
        WHERE c.identity = moves.identity AND settled <= 0 AND undone = 0
    )
"""
SETTLE = "UPDATE conflicts SET settled = ? WHERE settled <= 0 AND identity IN (SELECT identity FROM moves)"
# The column `new` is not used any more: redo takes what it needs from `old` of the undo before it.
REMEMBER = f"""
    WITH lines AS MATERIALIZED (
        SELECT ? AS step, ? AS kind, ? AS time, m.identity, coalesce(v.reason, '') AS old_reason,
               coalesce(m.reason, '') AS new_reason, coalesce(m.note, '') AS note,
               '{{"reason": ' || json_quote(v.reason) || ', "note": ' || json_quote(v.note) || ', "flagged_at": '
                   || json_quote(v.flagged_at) || ', "facts": ' || v.facts || '}}' AS old
        FROM moves m LEFT JOIN verdicts v USING (identity) ORDER BY m.rowid
    )
    INSERT INTO history (step, kind, time, identity, old_reason, new_reason, note, old, checksum)
    SELECT step, kind, time, identity, old_reason, new_reason, note, old, {HISTORY.sum_of()} FROM lines
"""
# Facts are no decisions: those that are not known anew stay, also over an undo. But the new word is one.
PUT = f"""
    WITH fresh AS MATERIALIZED (
        SELECT m.identity, m.reason, m.note, m.flagged_at,
               coalesce(json_patch(json_remove(v.facts, '$.new_word'), m.facts), m.facts) AS facts
        FROM moves m LEFT JOIN verdicts v USING (identity) WHERE m.reason IS NOT NULL ORDER BY m.identity
    )
    INSERT OR REPLACE INTO verdicts (identity, reason, note, flagged_at, facts, checksum)
    SELECT identity, reason, note, flagged_at, facts, {VERDICTS.sum_of()} FROM fresh
"""
REFRESH = f"""
    UPDATE verdicts SET (facts, checksum) = (
        SELECT fresh, {VERDICTS.sum_of().replace("facts", "fresh")}
        FROM (SELECT json_patch(facts, ?1) AS fresh)
    )
    WHERE identity = ?2 AND {VERDICTS.intact()}
"""
# What another program has decided about since stays as it is. Of one's own steps none is later.
_BACK = """
    INSERT OR {} INTO moves
    SELECT h.identity, json_extract(old, '$.reason'), json_extract(old, '$.note'), json_extract(old, '$.flagged_at'),
           coalesce(json_patch(json_remove(v.facts, '$.new_word'),
                               json_object('new_word', json_extract(old, '$.facts.new_word'))),
                    json_extract(old, '$.facts'))
    FROM history h LEFT JOIN verdicts v USING (identity)
    WHERE step = ? AND kind = '{}' AND identity NOT IN (
        SELECT l.identity FROM steps s JOIN history l ON l.step = s.step WHERE s.step > ? AND undone = 0
    )
    ORDER BY id
"""
UNDO, REDO = _BACK.format("IGNORE", "do"), _BACK.format("REPLACE", "undo")
TURN = "UPDATE conflicts SET settled = -settled WHERE settled = ?"
OF_STEP = "step = ? AND kind = ?"
# This counts by the ids: a step is written in one transaction, so the ids of its lines in the history have no gaps.
RECENT = f"""
    SELECT s.step, time, identity, new_reason,
           1 + (SELECT max(id) FROM history WHERE step = s.step AND kind = 'do') - id, note
    FROM steps s JOIN history ON id = (SELECT min(id) FROM history WHERE step = s.step AND kind = 'do')
    WHERE undone = 0 AND {HISTORY.intact("history.")} ORDER BY s.step DESC LIMIT ?
"""
STEP_SIZE = "SELECT coalesce(max(id) - min(id) + 1, 0) FROM history WHERE step = ? AND kind = 'do'"
# A step that was undone for good has left `steps`.
NEWS = """
    SELECT DISTINCT identity FROM history LEFT JOIN steps USING (step) WHERE id > ? AND program IS NOT ? LIMIT ?
"""
HISTORY_OF = f"""
    SELECT time, kind, new_reason, note, old_reason FROM history WHERE identity = ? AND {HISTORY.intact()} ORDER BY id
"""
FACTS_OF = f"""
    SELECT coalesce((SELECT facts FROM verdicts WHERE identity = ? AND {VERDICTS.intact()}), (
        SELECT CASE WHEN {HISTORY.intact()} THEN json_extract(old, '$.facts') END
        FROM history WHERE identity = ? AND old IS NOT NULL ORDER BY id DESC LIMIT 1
    ))
"""
CONFLICT = f"""
    INSERT INTO conflicts (step, name, identity, reason, note, flagged_at, facts, checksum)
    SELECT step, name, identity, reason, note, flagged_at, facts, {OTHERS.sum_of()}
    FROM (SELECT ? AS step, ? AS name, ? AS identity, ? AS reason, ? AS note, ? AS flagged_at, ? AS facts)
"""
CONFLICTS = f"""
    SELECT identity, reason, note, flagged_at, facts, name FROM conflicts c JOIN steps USING (step)
    WHERE settled <= 0 AND undone = 0 AND {OTHERS.intact("c.")} ORDER BY id
"""
TOLD = f"""
    SELECT identity, reason, note, flagged_at, settled FROM conflicts c JOIN steps USING (step)
    WHERE undone = 0 AND {AMONG} AND {OTHERS.intact("c.")}
"""
DROP_EMPTY_STEPS = """
    DELETE FROM steps WHERE step NOT IN (SELECT step FROM history) AND step NOT IN (SELECT step FROM conflicts)
"""
# What the history says of drawings whose verdicts are gone: each step is a line of it, so the last one is the verdict.
# The facts are those of the verdict before, as far as it says.
_LAST = f"""
    SELECT identity, new_reason AS reason, h.note, substr(time, 1, 19) || 'Z' AS flagged_at,
           coalesce(json_extract(old, '$.facts'), '{{{{}}}}') AS facts
    FROM history h JOIN (SELECT max(id) AS id FROM history WHERE {{}} GROUP BY identity) USING (id)
    LEFT JOIN verdicts v USING (identity)
    WHERE v.identity IS NULL AND new_reason <> '' AND {HISTORY.intact("h.")}
"""
BRING_BACK = f"""
    INSERT OR IGNORE INTO verdicts (identity, reason, note, flagged_at, facts, checksum)
    SELECT identity, reason, note, flagged_at, facts, {VERDICTS.sum_of()} FROM ({_LAST})
"""
# Steps that are lost, from their last lines of the history. Undone ones stay away: a decision may have ended them.
STEPS_BACK = """
    INSERT OR IGNORE INTO steps (step, undone)
    SELECT step, kind = 'undo' FROM history h JOIN (SELECT max(id) AS id FROM history GROUP BY step) USING (id)
"""
DROP_UNDONE = "DELETE FROM steps WHERE undone = 1 AND CAST(step AS TEXT) NOT IN (SELECT value FROM chosen)"
