"""What inspecting media costs."""
