"""A certificate authority of one component, and what it signs: byte for byte the same at every run."""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from components.secrets.root import Derived

# P-256, since SCRAM's channel binding (RFC 5929) has no hash for Ed25519, and PostgreSQL then lets nobody in.
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # NIST SP 800-186, 3.2.1.3
# Fixed, or each run would make other certificates. A private authority ends with its stack; a new root replaces it.
_NOT_BEFORE = datetime(2025, 1, 1, tzinfo=UTC)
_NOT_AFTER = datetime(2049, 12, 31, tzinfo=UTC)  # the last year that every reader of X.509 takes without a doubt


class Authority:
    """Vouches for the servers and clients of one component, and for nothing else.

    Args:
        secrets: The component's.

    """

    def __init__(self, secrets: Derived) -> None:
        self._secrets = secrets
        self._key = self._key_of("authority")
        self._name = _name(f"{secrets.stack} {secrets.component} authority")
        self._certificate = (
            self._builder("authority", self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs=True), critical=True)
            .sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)
        )

    @property
    def pem(self) -> str:
        """Its certificate, for whoever checks; no secret."""
        return self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def certificate(self, common_name: str, hosts: Sequence[str] = ()) -> str:
        """A certificate of server and client, and its private key after it, as PEM: a secret.

        Args:
            common_name: Who it is to those that ask for a client's certificate.
            hosts: Names under which it is reached; its common name is one always.

        """
        key = self._key_of(common_name)
        alternatives = [x509.DNSName(one) for one in dict.fromkeys((common_name, *hosts))]
        made = (
            self._builder(common_name, _name(common_name), key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs=False), critical=True)
            .add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
                critical=False,
            )
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .sign(self._key, hashes.SHA256(), ecdsa_deterministic=True)
        )
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return made.public_bytes(serialization.Encoding.PEM).decode() + private.decode()

    def _builder(self, label: str, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        own = key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(own)
            .serial_number(int.from_bytes(b"\x01" + self._secrets.material(f"serial {label}", 15), "big"))
            .not_valid_before(_NOT_BEFORE)
            .not_valid_after(_NOT_AFTER)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _key_of(self, label: str) -> ec.EllipticCurvePrivateKey:
        return private_key(self._secrets, label)


def private_key(secrets: Derived, label: str) -> ec.EllipticCurvePrivateKey:
    """A key of a component. FIPS 186-5, A.2.1: 64 bits more than the order has, so that the remainder is even."""
    number = int.from_bytes(secrets.material(f"key {label}", 40), "big")
    return ec.derive_private_key(number % (_ORDER - 1) + 1, _CURVE)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
