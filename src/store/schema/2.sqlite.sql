-- The hashtags of the runs of version 1, but for imports, with the limit of the newest one.

INSERT INTO tags (tag, asked, added_at, pulled_at)
SELECT tag,
    (SELECT json_extract(newest.receipt, '$.asked') FROM runs AS newest
     WHERE newest.tag = runs.tag AND json_extract(newest.receipt, '$.source') <> 'import'
     ORDER BY newest.finished_at DESC LIMIT 1),
    MIN(started_at),
    MAX(CASE WHEN exit_code = 0 THEN finished_at END)
FROM runs
WHERE tag <> '' AND json_extract(receipt, '$.source') <> 'import'
GROUP BY tag
HAVING MAX(CASE WHEN exit_code = 3 THEN 0 ELSE 1 END) = 1;
