"""The fee module's part of the demonstration region, and the walk through its main job."""
