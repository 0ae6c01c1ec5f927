package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"lensan/server/referral"
)

func TestCodeReport_isClosedOnce(t *testing.T) {
	k := newKit(t)
	x, err := k.registry.ReportCode(context.Background(), referral.CodeReport{Serial: 42, Where: "Chợ Long Xuyên"})
	must(t, x, err)
	k.post("editor", "/code-reports/1/close", `{"outcome":"Đã gỡ mã dán đè"}`).want(200)
	by := k.get("env", "/code-reports").want(200).str("items", 0, "closed_by")
	k.pass(time.Hour)
	again := k.post("admin", "/code-reports/1/close", `{"outcome":"Không thấy gì"}`).want(409)
	if got, want := again.str("detail"), "Nothing was written: "+by+" dealt with this report at 08:30 24/11/2026, outcome “Đã gỡ mã dán đè”."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	list := k.get("env", "/code-reports").want(200)
	if list.str("items", 0, "outcome") != "Đã gỡ mã dán đè" || !strings.HasPrefix(by, "key:") || list.str("items", 0, "closed_by") != by {
		t.Error(list.body)
	}
}
