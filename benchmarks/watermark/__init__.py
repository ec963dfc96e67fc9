"""What a watermark in pictures survives, and what it costs."""
