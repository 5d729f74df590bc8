package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
)

// operatorModule is the module whose source holds the unreleased chart. go.mod pins its version, go.sum its
// checksum: a proxy that serves other files is an error.
const operatorModule = "tailscale.com"

// operatorSource is a module as `go mod download -json` describes it.
type operatorSource struct {
	// Dir is the module's folder in Go's module cache; read-only.
	Dir string
	// Version is the release, with its leading v.
	Version string
	// Error is set when the download failed.
	Error string
}

// downloadOperator brings the operator's source into Go's module cache, if it is not there yet. It must run in
// a folder of this module, whose go.mod names the version.
func downloadOperator() (operatorSource, error) {
	output, err := exec.Command("go", "mod", "download", "-json", operatorModule).Output()
	var source operatorSource
	if parseErr := json.Unmarshal(output, &source); parseErr != nil {
		return source, fmt.Errorf("downloading %s: %w", operatorModule, errors.Join(err, parseErr))
	}
	if source.Error != "" {
		return source, fmt.Errorf("downloading %s: %s", operatorModule, source.Error)
	}
	return source, nil
}
