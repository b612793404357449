import { constants, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { HanseError } from '@hanse/kit';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The TLS identity of a node. The public key goes into the genesis, the others stay on the node. */
export type TlsIdentity = {
  readonly keyPem: string;
  readonly certPem: string;
  /** DER SubjectPublicKeyInfo. */
  readonly publicKeySpki: Uint8Array;
};

/**
 * Make a P-256 key with a self-signed certificate. The certificate is only the wrapping that TLS
 * asks for: peers compare the key and ignore everything else in it.
 */
export async function createTlsIdentity(): Promise<TlsIdentity> {
  // Loaded here: it takes half a second, and only a new node needs it.
  const { X509CertificateGenerator, PemConverter } = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: `01${randomBytes(8).toString('hex')}`,
      name: 'CN=hanse validator',
      notBefore: new Date('2000-01-01T00:00:00Z'),
      notAfter: new Date('9999-12-31T23:59:59Z'),
      signingAlgorithm: ALGORITHM,
      keys,
    },
    webcrypto,
  );
  const secret = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  const publicKey = await webcrypto.subtle.exportKey('spki', keys.publicKey);
  return {
    keyPem: `${PemConverter.encode(secret, 'PRIVATE KEY')}\n`,
    certPem: `${certificate.toString('pem')}\n`,
    publicKeySpki: new Uint8Array(publicKey),
  };
}

/** DER SubjectPublicKeyInfo of a certificate. Throws FileCorrupt when it is none. */
export function publicKeySpkiOf(certPem: string, path = 'certificate'): Uint8Array {
  try {
    return spkiOf(new X509Certificate(certPem));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HanseError('FileCorrupt', { path, reason }, error);
  }
}

/** The key that the other end has proved to possess, or undefined when it showed none. */
export function peerSpki(socket: TLSSocket): Uint8Array | undefined {
  const certificate = socket.getPeerX509Certificate();
  return certificate === undefined ? undefined : spkiOf(certificate);
}

/** Options of both ends of a link. */
export type SecureOptions = {
  readonly key: string;
  readonly cert: string;
  readonly minVersion: 'TLSv1.3';
  readonly maxVersion: 'TLSv1.3';
  readonly secureOptions: number;
  readonly requestCert: true;
  readonly rejectUnauthorized: false;
};

/** TLS 1.3 with certificates on both ends, judged by our own pins instead of an authority. */
export function secureOptions(keyPem: string, certPem: string): SecureOptions {
  return {
    key: keyPem,
    cert: certPem,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    // A resumed session would not show the certificate again.
    secureOptions: constants.SSL_OP_NO_TICKET,
    requestCert: true,
    rejectUnauthorized: false,
  };
}

function spkiOf(certificate: X509Certificate): Uint8Array {
  return new Uint8Array(certificate.publicKey.export({ type: 'spki', format: 'der' }));
}
