"""The letters that zones of documents are written in, as pictures to compare with."""
