"""The audible label before AAC, raw and in MP4: the sound's own frames stay as they are."""
