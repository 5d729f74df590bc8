// Command chart builds the published tailscale-operator chart from the source in the Go module tailscale.com,
// and renders it as Helm does in a release.
//
//	chart package DIR
//	chart render --chart DIR --release-name NAME --namespace NAMESPACE [--post-renderer EXECUTABLE] < values.json
//
// package writes the chart to DIR/tailscale-operator. It runs in a folder of this module and needs the commands
// go and git, and the Go module proxy the first time. render reads the values as JSON from standard input and
// writes the manifests to standard output.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"helm.sh/helm/v3/pkg/chartutil"
)

func main() {
	if err := run(os.Args[1:], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "chart:", err)
		os.Exit(1)
	}
}

func run(args []string, stdin io.Reader, stdout io.Writer) error {
	switch {
	case len(args) == 2 && args[0] == "package":
		return packageChart(args[1])
	case len(args) > 1 && args[0] == "render":
		return renderCommand(args[1:], stdin, stdout)
	default:
		return errors.New("usage: chart package DIR | chart render --chart DIR --release-name NAME --namespace NAMESPACE")
	}
}

func packageChart(into string) error {
	source, err := downloadOperator()
	if err != nil {
		return err
	}
	assembled, err := assembleChart(source)
	if err != nil {
		return err
	}
	return chartutil.SaveDir(assembled, into)
}

func renderCommand(args []string, stdin io.Reader, stdout io.Writer) error {
	var options renderOptions
	flags := flag.NewFlagSet("render", flag.ContinueOnError)
	flags.StringVar(&options.chart, "chart", "", "chart folder or archive")
	flags.StringVar(&options.releaseName, "release-name", "", "name of the release")
	flags.StringVar(&options.namespace, "namespace", "", "namespace of the release")
	flags.StringVar(&options.postRenderer, "post-renderer", "", "executable to run on the manifests")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if options.chart == "" || options.releaseName == "" || options.namespace == "" {
		return errors.New("render needs --chart, --release-name and --namespace")
	}
	manifests, err := render(options, stdin)
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, manifests)
	return err
}
