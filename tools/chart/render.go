package main

import (
	"io"

	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/postrender"
)

type renderOptions struct {
	chart       string
	releaseName string
	namespace   string
	// Executable that Helm runs on the rendered manifests; none if empty.
	postRenderer string
}

// render returns the manifests of a release as `helm template` prints them. It runs Helm's own install action
// without a cluster, so that values and post-renderer are applied exactly as in a real release. The values are
// JSON, which Helm reads as YAML.
func render(options renderOptions, values io.Reader) (string, error) {
	json, err := io.ReadAll(values)
	if err != nil {
		return "", err
	}
	parsed, err := chartutil.ReadValues(json)
	if err != nil {
		return "", err
	}
	loaded, err := loader.Load(options.chart)
	if err != nil {
		return "", err
	}

	install := action.NewInstall(&action.Configuration{})
	install.DryRun = true
	install.ClientOnly = true
	install.ReleaseName = options.releaseName
	install.Namespace = options.namespace
	if options.postRenderer != "" {
		if install.PostRenderer, err = postrender.NewExec(options.postRenderer); err != nil {
			return "", err
		}
	}
	release, err := install.Run(loaded, parsed)
	if err != nil {
		return "", err
	}
	return release.Manifest, nil
}
