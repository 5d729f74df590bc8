import { valid as isExactVersion } from "semver";
import { CHART_VERSION } from "../../components/operator/chart-version.ts";
import { text } from "./text-field.ts";

/**
 * A container image with an exact version.
 *
 * @param example - its name, for the message
 */
export function pinnedImage(description: string, example: string) {
  const pattern = "^[^\\s@]+:v?\\d[\\w.-]*(?:@sha256:[0-9a-f]{64})?$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed: `an image with the tag of one version, such as ${example}:v${CHART_VERSION}`,
      fix: "pin the operator's version: stable, latest and unstable change in a running cluster",
    },
  ]);
}

/** The exact version of a chart. */
export function chartVersion(description: string) {
  return text(
    { description, pattern: "^(?:0|[1-9]\\d*)(?:\\.(?:0|[1-9]\\d*)){2}(?:[-+][0-9A-Za-z.+-]+)?$" },
    [
      {
        holds: (value) => isExactVersion(value) === value.replace(/\+.*$/, ""),
        allowed: `one exact version, such as ${CHART_VERSION}: no leading v, no range`,
        fix: "pin a release of the chart tailscale-operator",
      },
    ],
  );
}

/** The source of a chart: a Helm repository, a registry, or a copy on disk. */
export function chartSource(description: string) {
  const host = "[^/:\\s@]+(?::\\d+)?";
  const pattern = `^(?:https://${host}(?:/\\S*)?|oci://${host}/\\S+|[^\\s:]+)$`;
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed:
        "https://<repository>, oci://<registry>/<chart>, or the path of a chart's folder or archive; no password in it",
      fix: "use one of these; the version belongs in operator.chartVersion, a registry's credentials in Helm's own configuration",
    },
  ]);
}

/** A registry that has Docker Hub's images, with its path if it has one. */
export function registry(description: string) {
  const pattern = "^[a-zA-Z0-9.-]+(?::\\d+)?(?:/[a-z0-9._-]+)*$";
  return text({ description, pattern }, [
    {
      holds: (value) => new RegExp(pattern).test(value),
      allowed:
        "a registry's host, with port and path if it has them, such as registry.example.com/docker-hub",
      fix: "write it as in an image's name, without the image: no scheme, user, tag or trailing slash",
    },
  ]);
}
