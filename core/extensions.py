"""The Flask extensions, created once and bound to each application by `create_app`."""

from __future__ import annotations

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from core.database.base import Base
from core.database.session import ScopedSession

db = SQLAlchemy(model_class=Base, session_options={"class_": ScopedSession}, disable_autonaming=True)
login_manager = LoginManager()
csrf = CSRFProtect()
