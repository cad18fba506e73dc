"""Looking after the user's folder as a whole: what was begun goes on, copies are made, and what is wrong is said."""
