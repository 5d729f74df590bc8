package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
)

// The operator's source, pinned by version and by the checksum of the module's files (the h1: hash that
// go.sum files carry), so that a proxy which serves something else is an error.
const (
	modulePath    = "tailscale.com"
	moduleVersion = "v1.96.5"
	moduleSum     = "h1:gNkfA/KSZAl6jCH9cj8urq00HRWItDDTtGsyATI89jA="
)

// downloadModule brings the pinned module into Go's module cache, if it is not there yet, and returns
// its folder. Requiring it in go.mod instead would drag its 400 dependencies into this tool's go.sum.
func downloadModule() (string, error) {
	download := exec.Command("go", "mod", "download", "-json", modulePath+"@"+moduleVersion)
	// Outside any module, or the download would be recorded in the go.sum of the current folder.
	download.Dir = os.TempDir()
	output, err := download.Output()
	var module struct{ Dir, Sum, Error string }
	if parseErr := json.Unmarshal(output, &module); parseErr != nil {
		return "", fmt.Errorf("downloading %s@%s: %w", modulePath, moduleVersion, errors.Join(err, parseErr))
	}
	if module.Error != "" {
		return "", fmt.Errorf("downloading %s@%s: %s", modulePath, moduleVersion, module.Error)
	}
	if module.Sum != moduleSum {
		return "", fmt.Errorf("%s@%s has checksum %s, expected %s", modulePath, moduleVersion, module.Sum, moduleSum)
	}
	return module.Dir, nil
}
