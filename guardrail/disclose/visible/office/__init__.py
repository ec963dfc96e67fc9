"""Words that people see on Office and OpenDocument files: real text, in the files' own XML."""
