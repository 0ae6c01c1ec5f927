package access

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/google/go-cmp/cmp"

	"lensan/server/referral"
)

func TestCheckPassword(t *testing.T) {
	for password, want := range map[string]string{
		"con trâu đi trước cái cày":     "",
		"xk9$wmQp":                      "",
		"chín chữ thường không dấu":     "",
		strings.Repeat("ba", 64):        "",
		"":                              "error.password_short",
		"xk9$wmQ":                       "error.password_short",
		"ốốốốốốố":                       "error.password_short", // bytes do not count
		strings.Repeat("bac", 43):       "error.too_long",
		"xk9$wmQp\xff":                  "error.text",
		"12345678":                      "error.password_common",
		"Password":                      "error.password_common",
		"P@ssw0rd":                      "error.password_common",
		"!!Password2026!!":              "error.password_common",
		"matkhau123456":                 "error.password_common",
		"MatKhau@2026":                  "error.password_common",
		"anhyeuem":                      "error.password_common",
		"aaaaaaaaaaaa":                  "error.password_common",
		"23456789":                      "error.password_common",
		"hgfedcba":                      "error.password_common",
		"lan.nguyen@mst.gov.vn":         "error.password_name",
		"lan.nguyen2026":                "error.password_name",
		"LAN.NGUYEN-2026!":              "error.password_name",
		"lensan2026":                    "error.password_name",
		"Lên Sàn 2026":                  "error.password_name",
		"lan.nguyen nuôi tôm ở đầm sau": "",
	} {
		var f referral.Faults
		checkPassword(&f, "/password", "lan.nguyen@mst.gov.vn", password)
		got := ""
		var e *referral.Error
		if errors.As(f.Err(), &e) {
			got = e.Fields[0].Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", password, got, want)
		}
	}
}

func TestNobody_costsAsMuchAsEveryHash(t *testing.T) {
	p, _, key, err := argon2id.DecodeHash(nobody)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(params, p); diff != "" {
		t.Errorf("parameters differ: %s", diff)
	}
	if len(key) != int(params.KeyLength) {
		t.Errorf("key has %d bytes", len(key))
	}
	h := newHasher()
	made, err := h.hash(context.Background(), "xk9$wmQp")
	if err != nil || !strings.HasPrefix(made, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash is %s, %v", made, err)
	}
	if ok, err := h.matches(context.Background(), "", nobody); ok || err != nil {
		t.Errorf("the empty password matches nobody: %t, %v", ok, err)
	}
}
