"""What keeps the user's work: rows with checksums, copies of databases, rescue, leftovers, and steps that go on."""
