"""Export files: data without the flagged drawings, contact sheets, galleries, replays."""
