package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

// deployDir holds the unreleased chart and the CRDs inside the tailscale.com module.
const deployDir = "cmd/k8s-operator/deploy"

// The text that the release puts around a CRD to make it a template: helmConditionalStart and
// helmConditionalEnd in cmd/k8s-operator/generate of tailscale.com v1.96.5.
const (
	crdTemplateStart = "{{ if .Values.installCRDs -}}\n"
	crdTemplateEnd   = "{{- end -}}"
)

// crdTemplates names the template that the release makes of each file in crds/, as
// cmd/k8s-operator/generate of tailscale.com v1.96.5 does.
var crdTemplates = map[string]string{
	"tailscale.com_connectors.yaml":         "connector.yaml",
	"tailscale.com_dnsconfigs.yaml":         "dnsconfig.yaml",
	"tailscale.com_proxyclasses.yaml":       "proxyclass.yaml",
	"tailscale.com_proxygrouppolicies.yaml": "proxygrouppolicy.yaml",
	"tailscale.com_proxygroups.yaml":        "proxygroup.yaml",
	"tailscale.com_recorders.yaml":          "recorder.yaml",
	"tailscale.com_tailnets.yaml":           "tailnet.yaml",
}

// assembleChart turns the chart in the module's source into the one that is published: its version and
// appVersion are the module's, and every CRD is a template behind the value installCRDs. It fails if the
// module has a CRD that the release does not publish, or lacks one that it does.
func assembleChart(moduleDir, moduleVersion string) (*chart.Chart, error) {
	assembled, err := loader.LoadDir(filepath.Join(moduleDir, deployDir, "chart"))
	if err != nil {
		return nil, err
	}
	assembled.Metadata.Version = strings.TrimPrefix(moduleVersion, "v")
	assembled.Metadata.AppVersion = moduleVersion

	crdDir := filepath.Join(moduleDir, deployDir, "crds")
	crds, err := os.ReadDir(crdDir)
	if err != nil {
		return nil, err
	}
	if len(crds) != len(crdTemplates) {
		return nil, fmt.Errorf("the module has %d CRD files, its release publishes %d", len(crds), len(crdTemplates))
	}
	for _, crd := range crds {
		template, published := crdTemplates[crd.Name()]
		if !published {
			return nil, fmt.Errorf("the module has a CRD that its release does not publish: %s", crd.Name())
		}
		content, err := os.ReadFile(filepath.Join(crdDir, crd.Name()))
		if err != nil {
			return nil, err
		}
		assembled.Templates = append(assembled.Templates, &chart.File{
			Name: path.Join("templates", template),
			Data: []byte(crdTemplateStart + string(content) + crdTemplateEnd),
		})
	}
	return assembled, assembled.Validate()
}
