//go:build generate

// Command build makes js/chart.js, or the file named, from chart/chart.mjs and
// the version of Apache ECharts that package-lock.json pins with its checksum.
// It is run in the folder assets: go generate ./assets
package main

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	out := "js/chart.js"
	if len(os.Args) > 1 {
		out = os.Args[1]
	}
	fetch := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
	fetch.Dir, fetch.Stderr = "chart", os.Stderr
	if err := fetch.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "npm ci:", err)
		os.Exit(1)
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{"chart/chart.mjs"}, Outfile: out, Write: true, Bundle: true, Charset: api.CharsetUTF8,
		Format: api.FormatESModule, Target: api.ES2019, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Define: map[string]string{"process.env.NODE_ENV": `"production"`}, LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelWarning,
		Banner: map[string]string{"js": "/* Apache ECharts 6.1.0, Apache-2.0, https://echarts.apache.org/ */"},
	})
	if len(result.Errors) > 0 {
		fmt.Fprintln(os.Stderr, "the chart was not built")
		os.Exit(1)
	}
}
