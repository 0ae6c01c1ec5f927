package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"

	"lensan/server/referral"
)

var (
	errAddress = errors.New("not a public address")
	errTooMuch = errors.New("more bytes than a page has")
)

// explain turns an error of the network into one that says no more than
// whoever asked may know.
func explain(err error) error {
	key := "error.probe_unreachable"
	var told *referral.Error
	var timeout net.Error
	var name *net.DNSError
	switch {
	case errors.As(err, &told):
		return told
	case errors.Is(err, errAddress):
		key = "error.probe_private"
	case errors.Is(err, errTooMuch):
		key = "error.probe_size"
	case errors.As(err, &name) && name.IsNotFound:
		key = "error.probe_name"
	case errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout():
		key = "error.probe_time"
	case isCertificate(err):
		key = "error.probe_certificate"
	}
	return errors.Join(referral.Errorf(referral.ErrInvalid, key), err)
}

func isCertificate(err error) bool {
	var verification *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	return errors.As(err, &verification) || errors.As(err, &unknown) || errors.As(err, &invalid) || errors.As(err, &host)
}
