"""A certificate authority for development, made once per stack, and the key that purging needs; never checked in."""

import datetime
import ipaddress
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_FILE = "authority.pem"
AUTHORITY_KEY_FILE = "authority-key.pem"
CERTIFICATE_FILE = "certificate.pem"
PURGE_KEY_FILE = "purge-key"
AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 397  # browsers refuse longer ones (CA/Browser Forum, Baseline Requirements, 6.3.2, until March 2026)
RENEW_DAYS = 30
HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """What edge locations hold.

    Args:
        certificate: Certificate and private key, PEM, as HAProxy reads them.
        purge_key: What a purge says after `Authorization: Bearer`.

    """

    certificate: str
    purge_key: str


def keys_in(folder: Path) -> Keys:
    """The keys kept in a folder; made where they are missing, the certificate also where it soon expires.

    `authority.pem` is what clients may be told to trust: it vouches for this machine's own names only.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate = folder / CERTIFICATE_FILE
    if not certificate.exists() or _expires_soon(certificate.read_bytes()):
        _write(certificate, _certificate(*_authority(folder)))
    purge_key = folder / PURGE_KEY_FILE
    if not purge_key.exists():
        _write(purge_key, secrets.token_urlsafe(32).encode())
    return Keys(certificate=certificate.read_text(), purge_key=purge_key.read_text())


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    made, key_file = folder / AUTHORITY_FILE, folder / AUTHORITY_KEY_FILE
    if not (made.exists() and key_file.exists()):
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"archkit development, {folder.parent.name}")])
        permitted = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_network("127.0.0.0/8"))]
        permitted.append(x509.IPAddress(ipaddress.ip_network("::1/128")))
        certificate = (
            _builder(name, name, key.public_key(), AUTHORITY_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            # Whoever trusts it trusts nothing that is not this machine.
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        _write(key_file, _private(key))
        _write(made, certificate.public_bytes(Encoding.PEM))
    key = load_pem_private_key(key_file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(made.read_bytes()), key


def _certificate(authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOSTS[0])])
    addresses = [x509.IPAddress(ipaddress.ip_address(one)) for one in HOSTS[1:]]
    made = (
        _builder(name, authority.subject, key.public_key(), CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOSTS[0]), *addresses]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return made.public_bytes(Encoding.PEM) + _private(key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _expires_soon(pem: bytes) -> bool:
    left = x509.load_pem_x509_certificate(pem).not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return left < datetime.timedelta(days=RENEW_DAYS)


def _write(path: Path, data: bytes) -> None:
    """At once and readable by its owner only: two runs at a time leave one whole file."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600)
    beside.write_bytes(data)
    beside.replace(path)
