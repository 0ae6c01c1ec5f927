// Package signon lets people sign in at a provider of their organisation by
// OpenID Connect: the authorisation code flow with PKCE, state and nonce. It
// says who somebody is; what that opens is not its to know.
package signon

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lensan/server/access"
	"lensan/server/referral"
)

// Life is how long a sign-in at the provider may take.
const Life = 10 * time.Minute

var (
	errRefused = referral.Errorf(referral.ErrForbidden, "error.sign_on")
	errDown    = referral.Errorf(referral.ErrUnavailable, "error.sign_on_down")
)

// Config names the provider and the client that it knows us as.
type Config struct {
	Issuer, ClientID, ClientSecret string
	Redirect                       string // our address to which it sends people back
	Now                            func() time.Time
	Log                            *slog.Logger
}

// SignOn is safe for use by many goroutines. The provider is asked for its
// addresses when somebody first signs in, so that it need not be up before us.
type SignOn struct {
	Config
	client *http.Client

	mu       sync.Mutex
	provider *oidc.Provider
	failed   time.Time // when the provider was last found to be down
}

// New returns a SignOn; nothing is sent yet.
func New(c Config) *SignOn {
	return &SignOn{Config: c, client: &http.Client{Timeout: 10 * time.Second}}
}

func (s *SignOn) discover(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	came := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil && s.failed.After(came) {
		return nil, nil, errDown // who waits for the same answer does not ask again
	}
	if s.provider == nil {
		// The provider's keys are fetched later too, when this request is over.
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), s.client), s.Issuer)
		if err != nil {
			s.Log.Warn("sign-in provider", slog.Any("error", err))
			s.failed = time.Now()
			return nil, nil, errDown
		}
		s.provider = p
	}
	return s.provider, &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.ClientSecret, Endpoint: s.provider.Endpoint(),
		RedirectURL: s.Redirect, Scopes: []string{oidc.ScopeOpenID, "email"}}, nil
}

// Begin returns the provider's address to send a browser to, and what that
// browser must bring back to Finish. ErrUnavailable: the provider is down.
func (s *SignOn) Begin(ctx context.Context) (address, kept string, err error) {
	_, client, err := s.discover(ctx)
	if err != nil {
		return "", "", err
	}
	k := keep{state: oauth2.GenerateVerifier(), nonce: oauth2.GenerateVerifier(), verifier: oauth2.GenerateVerifier(), begun: s.Now()}
	return client.AuthCodeURL(k.state, oidc.Nonce(k.nonce), oauth2.S256ChallengeOption(k.verifier)), k.String(), nil
}

// Finish returns who came back from the provider with an answer. It is
// ErrForbidden unless the answer belongs to what Begin kept, within Life, and
// the provider's token is valid and for this client.
func (s *SignOn) Finish(ctx context.Context, kept string, answer url.Values) (access.Identity, error) {
	k, ok := readKeep(kept)
	if !ok || subtle.ConstantTimeCompare([]byte(k.state), []byte(answer.Get("state"))) != 1 || answer.Get("code") == "" {
		return access.Identity{}, errRefused
	}
	if age := s.Now().Sub(k.begun); age < 0 || age > Life {
		return access.Identity{}, errRefused
	}
	provider, client, err := s.discover(ctx)
	if err != nil {
		return access.Identity{}, err
	}
	id, err := s.redeem(oidc.ClientContext(ctx, s.client), provider, client, k, answer.Get("code"))
	if err != nil {
		s.Log.Warn("sign-in at the provider", slog.Any("error", err))
		return access.Identity{}, errRefused
	}
	return id, nil
}

func (s *SignOn) redeem(ctx context.Context, provider *oidc.Provider, client *oauth2.Config, k keep, code string) (access.Identity, error) {
	token, err := client.Exchange(ctx, code, oauth2.VerifierOption(k.verifier))
	if err != nil {
		return access.Identity{}, err
	}
	raw, _ := token.Extra("id_token").(string)
	verified, err := provider.Verifier(&oidc.Config{ClientID: s.ClientID, Now: s.Now}).Verify(ctx, raw)
	if err != nil {
		return access.Identity{}, err
	}
	if subtle.ConstantTimeCompare([]byte(verified.Nonce), []byte(k.nonce)) != 1 {
		return access.Identity{}, fmt.Errorf("nonce differs")
	}
	claims := mail{}
	if err := verified.Claims(&claims); err != nil {
		return access.Identity{}, err
	}
	if claims.Email == "" { // some providers tell it at their userinfo address alone
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err == nil && info.Subject == verified.Subject {
			claims = mail{Email: info.Email, Verified: info.EmailVerified}
		}
	}
	id := access.Identity{Subject: verified.Issuer + "|" + verified.Subject}
	if claims.Verified {
		id.Email = claims.Email
	}
	return id, nil
}

type mail struct {
	Email    string `json:"email"`
	Verified bool   `json:"email_verified"`
}

// keep is what a browser brings back: "state.nonce.verifier.seconds".
type keep struct {
	state, nonce, verifier string
	begun                  time.Time
}

func (k keep) String() string {
	return strings.Join([]string{k.state, k.nonce, k.verifier, strconv.FormatInt(k.begun.Unix(), 10)}, ".")
}

func readKeep(s string) (k keep, ok bool) {
	parts := strings.Split(s, ".")
	if len(parts) != 4 || len(parts[0]) < 32 || len(parts[1]) < 32 || len(parts[2]) < 32 {
		return keep{}, false
	}
	seconds, err := strconv.ParseInt(parts[3], 10, 64)
	return keep{parts[0], parts[1], parts[2], time.Unix(seconds, 0)}, err == nil
}
