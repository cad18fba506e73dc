"""Files that leave: data without the flagged drawings, contact sheets, galleries, replays."""
