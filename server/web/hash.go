package web

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
)

func sha384(b []byte) []byte { sum := sha512.Sum384(b); return sum[:] }

// CSPHash returns a source expression ('sha256-…') that allows one inline
// <style> with exactly this content.
func CSPHash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
