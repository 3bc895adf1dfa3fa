"""Who is called what: files, folders, ports and accounts of repositories and of the offsite server."""

REPOSITORY_VOLUME = "/var/lib/pgbackrest"  # as the image has it
OFFSITE_VOLUME = "/srv/offsite"
CONFIGURATION_FILE = "/etc/pgbackrest/pgbackrest.conf"
SECRETS_FOLDER = "/run/secrets"  # pgBackRest reads each `*.conf` there: the keys
KEYS_FILE = f"{SECRETS_FOLDER}/keys.conf"
SSH_KEY_FILE = f"{SECRETS_FOLDER}/offsite-key.pem"
HOST_KEY_FILE = f"{SECRETS_FOLDER}/host-key.pem"
AUTHORIZED_FILE = f"{SECRETS_FOLDER}/authorized_keys"
SSHD_FILE = "/etc/ssh/archkit.conf"
SFTP_PORT = 2222  # below 1024 would take a capability
SFTP_USER = "offsite"
SITE, OFFSITE = 1, 2  # pgBackRest's numbers of the two repositories


def offsite_folder(database: str) -> str:
    """Where the offsite server keeps the copies of one database."""
    return f"{OFFSITE_VOLUME}/{database}"
