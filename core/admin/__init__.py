"""The admin shell on Flask-Admin's own extension point: one base view, our own templates, no stock page."""
