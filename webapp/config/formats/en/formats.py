"""Times as the portal's pages write them: twenty-four hours, and in which zone."""

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i T"
