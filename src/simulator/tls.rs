//! TLS with a certificate made at start, for browsers that are told to find the site here.

use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, PublicKeyData as _, generate_simple_self_signed};
use ring::digest::{SHA256, digest};
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use tokio_rustls::TlsAcceptor;

/// The names the certificate is good for.
const NAMES: [&str; 6] = [
    "www.tiktok.com",
    "*.tiktok.com",
    "tiktok.com",
    "*.tiktokcdn.com",
    "localhost",
    "127.0.0.1",
];

/// Who the server says it is.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    /// The SHA-256 of the public key's SubjectPublicKeyInfo, in base64.
    pub(crate) pin: String,
    pub(crate) acceptor: TlsAcceptor,
}

impl Identity {
    /// A new key and a certificate signed by it.
    pub(crate) fn make() -> io::Result<Self> {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(NAMES.map(str::to_owned)).map_err(io::Error::other)?;
        let certificate = cert.der().clone();
        let spki = signing_key.subject_public_key_info();
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| {
                builder
                    .with_no_client_auth()
                    .with_single_cert(vec![certificate.clone()], signing_key.into())
            })
            .map_err(io::Error::other)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            certificate,
            pin: STANDARD.encode(digest(&SHA256, &spki)),
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }
}
