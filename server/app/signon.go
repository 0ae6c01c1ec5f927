package app

import (
	"lensan/server/qr"
	"lensan/server/signon"
	"lensan/server/web/dashboard"
)

// codeQR draws the QR code of a second factor for a screen.
func codeQR(text string) ([]byte, error) {
	return qr.Render(text, qr.SVG, qr.Options{Millimetres: 60, Level: "M"})
}

// signOn returns the provider to sign in at, nil if none is set.
func (a *App) signOn() dashboard.SignOn {
	if a.config.OIDCIssuer == "" {
		return nil
	}
	return signon.New(signon.Config{Issuer: a.config.OIDCIssuer, ClientID: a.config.OIDCClientID, ClientSecret: a.config.OIDCSecret,
		Redirect: a.config.Base() + dashboard.Root + "/dang-nhap/tro-lai", Now: a.now, Log: a.log})
}
