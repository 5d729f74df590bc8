import "reflect-metadata";

import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 24 * 60 * 60 * 1000;

/** Key and certificate chain in PEM, as `tls.createSecureContext` takes them. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** A certificate authority that lives as long as the test run. */
export interface Authority {
  readonly certificate: string;
  issue(name: string, validity?: { from: Date; until: Date }): Promise<Identity>;
}

export async function createAuthority(commonName: string): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    signingAlgorithm: algorithm,
    keys,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
  });
  return {
    certificate: root.toString("pem"),
    issue: (name, validity) => issue(root, keys.privateKey, name, validity),
  };
}

async function issue(
  root: X509Certificate,
  signingKey: webcrypto.CryptoKey,
  name: string,
  validity = { from: new Date(Date.now() - day), until: new Date(Date.now() + day) },
): Promise<Identity> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: root.subject,
    notBefore: validity.from,
    notAfter: validity.until,
    signingKey,
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  const key = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString("pem"),
  };
}
