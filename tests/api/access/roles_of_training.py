"""Which roles each guarded route of a rehearsal lets in."""

ROLES_OF_TRAINING = """
# administrator dispatcher operator driver council supervisor crew
GET /api/training/lessons
GET /training/lessons
POST /api/training/lessons/{role}/{key}

# administrator dispatcher operator driver supervisor
GET /training/seats
POST /api/training/seats
POST /api/training/seats/leave

# administrator dispatcher operator supervisor
GET /api/training/calls
POST /api/training/calls/{call_id}/end
POST /api/training/calls/{call_id}/take

# administrator dispatcher driver
GET /api/training/drive
POST /api/training/drive
POST /api/training/drive/leave

# administrator supervisor
GET /api/training/instructor
GET /training/instructor
POST /api/training/events
POST /api/training/notes
"""
"""As `ROLES_OF_ROUTES`."""
