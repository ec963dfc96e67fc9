"""What marks of C2PA and visible labels cost."""
