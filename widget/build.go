//go:build generate

// Command build makes dist/v1.js, or the file named, from src/v1.ts.
package main

import (
	"fmt"
	"os"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	out := "dist/v1.js"
	if len(os.Args) > 1 {
		out = os.Args[1]
	}
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{"src/v1.ts"}, Outfile: out, Write: true, Bundle: true, Charset: api.CharsetUTF8,
		Format: api.FormatIIFE, Target: api.ES2019, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelWarning,
	})
	if len(result.Errors) > 0 {
		fmt.Fprintln(os.Stderr, "the enhancer was not built")
		os.Exit(1)
	}
}
