package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

// deployDir holds the unreleased chart and the CRDs inside the operator's source.
const deployDir = "cmd/k8s-operator/deploy"

// crdGenerator is the vendor's own release step, a tool of this module. It turns each CRD into a template with the
// condition installCRDs, so a release that adds a CRD needs no edit here.
const crdGenerator = operatorModule + "/cmd/k8s-operator/generate"

// assembleChart turns the chart in the operator's source into the published one: CRDs become templates, and
// version and appVersion become the release's.
func assembleChart(source operatorSource) (*chart.Chart, error) {
	repository, err := os.MkdirTemp("", "operator-chart-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(repository)

	// A copy, because the generator writes beside the chart and Go's module cache is read-only.
	deploy := filepath.Join(repository, deployDir)
	if err := os.CopyFS(deploy, os.DirFS(filepath.Join(source.Dir, deployDir))); err != nil {
		return nil, err
	}
	if err := addCRDs(repository); err != nil {
		return nil, err
	}
	assembled, err := loader.LoadDir(filepath.Join(deploy, "chart"))
	if err != nil {
		return nil, err
	}
	assembled.Metadata.Version = strings.TrimPrefix(source.Version, "v")
	assembled.Metadata.AppVersion = source.Version
	return assembled, assembled.Validate()
}

// addCRDs runs the vendor's generator, which finds the files to change from the root of a git repository.
func addCRDs(repository string) error {
	if err := runCommand("git", exec.Command("git", "init", "--quiet", repository)); err != nil {
		return err
	}
	generate := exec.Command("go", "tool", crdGenerator, "helmcrd")
	generate.Env = append(os.Environ(), "GIT_DIR="+filepath.Join(repository, ".git"), "GIT_WORK_TREE="+repository)
	return runCommand(crdGenerator, generate)
}

func runCommand(name string, command *exec.Cmd) error {
	if output, err := command.CombinedOutput(); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", name, err), errors.New(strings.TrimSpace(string(output))))
	}
	return nil
}
