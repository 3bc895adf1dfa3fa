"""How the members of a local database and the repository of its backups know each other."""

REPOSITORY, OFFSITE = (
    "repository",
    "offsite",
)  # names on the archive network: the second one where copies are offsite too
PORT = 8432  # pgBackRest's own default, `tls-server-port`
MEMBER_NAME, REPOSITORY_NAME = "member", "repository"  # common names of the two sides' certificates
AUTHORITY_FILE = "/run/secrets/archive-ca.pem"
CERTIFICATE_FILE = "/run/secrets/archive.pem"
TIMEOUT_SECONDS = 60  # `archive_timeout`: a segment of the log leaves the primary at the latest so long after a write
