package app

// Statuses that many rows have, in the order of roles: guest, marketplace,
// viewer, foreign, own, editor, admin.
const (
	everyone  = "200 200 200 200 200 200 200"
	nothing   = "404 404 404 404 404 404 404"
	page      = "in - 200 200 200 200 200" // of the dashboard
	adminGet  = "in - 403 403 403 403 200"
	adminBad  = "in - 403 403 403 403 422" // a form with a fault
	adminDone = "in - 403 403 403 403 303"
	staffGet  = "in - 403 403 403 200 200"
	staffBad  = "in - 403 403 403 422 422"
	writeBad  = "in - 403 422 422 422 422" // likewise, of those who write
	ownGet    = "in - 200 404 200 200 200"
	ownBad    = "in - 403 404 422 422 422"
	notNow    = "in - 403 404 409 409 409" // what the state of the thing forbids

	apiAll    = "401 200 200 200 200 200 200"
	apiRead   = "401 403 200 200 200 200 200"
	apiOwn    = "401 403 200 404 200 200 200"
	apiNoop   = "401 403 403 404 200 200 200" // PATCH with what is there
	apiBad    = "401 403 403 422 422 422 422"
	apiNotNow = "401 403 403 404 409 409 409"
	ownFault  = "401 403 403 404 422 422 422"
	apiStaff  = "401 403 403 403 403 422 422"
	apiAdmin  = "401 403 403 403 403 403 200"
	adminErr  = "401 403 403 403 403 403 422"
)

var rows = []row{
	// Public pages: a session makes no difference.
	{"GET /", "", everyone},
	{"GET /{code}", "", "302 302 302 302 302 302 302"},
	{"GET /go/{code}", "", "302 302 302 302 302 302 302"},
	{"GET /print", "", "302 302 302 302 302 302 302"},
	{"GET /assets/*", "", nothing},
	{"GET /b/{code}.svg", "", everyone},
	{"GET /f/{code}", "", everyone},
	{"GET /oembed?url=http%3A%2F%2Flocalhost%3A8080%2Fnhung%2F{code}", "", everyone},
	{"GET /qr/{code}.svg", "", everyone},
	{"GET /nhung/{code}", "", everyone},
	{"POST /nhung/{code}", "", "422 422 422 422 422 422 422"},
	{"GET /kiem-tra", "", everyone},
	{"GET /kiem-tra/{code}", "", everyone},
	{"GET /kiem-tra/bao-cao", "", everyone},
	{"POST /kiem-tra/bao-cao", "", "422 422 422 422 422 422 422"},
	{"GET /kiem-tra/bao-cao/cam-on", "", everyone},
	{"GET /w/{file}", "", nothing},
	{"GET /w/v1.js", "", everyone},
	{"GET /w/v1.json", "", everyone},
	{"POST /v1/seen", "", "400 400 400 400 400 400 400"},
	{"GET /cong-khai", "", nothing}, // nothing is published unless it is asked for
	{"GET /cong-khai.json", "", nothing},
	{"GET /cong-khai.csv", "", nothing},
	{"GET /robots.txt", "", everyone},
	{"GET /favicon.ico", "", everyone},
	{"GET /healthz", "", everyone},
	{"GET /readyz", "", everyone},

	// The dashboard.
	{"GET /thong-ke/dang-nhap", "", everyone},
	{"POST /thong-ke/dang-nhap", "name=x&password=x", "403 403 403 403 403 403 403"}, // no token of that form
	{"GET /thong-ke/dang-nhap/ma", "", "in in in in in in in"},
	{"POST /thong-ke/dang-nhap/ma", "code=000000", "403 403 403 403 403 403 403"},
	{"GET /thong-ke/dang-nhap/nha-cung-cap", "", nothing}, // none is set
	{"GET /thong-ke/dang-nhap/tro-lai?code=x&state=x", "", nothing},
	{"GET /thong-ke/loi-moi/{token}", "", everyone}, // says nothing of whether there is such an invitation
	{"POST /thong-ke/loi-moi/{token}", "", "403 403 403 403 403 403 403"},
	{"GET /thong-ke", "", page},
	{"GET /thong-ke?portal={portal}", "", "in - 200 422 200 200 200"},
	{"GET /thong-ke/", "", "301 301 301 301 301 301 301"},
	{"GET /thong-ke/bang?by=placement", "", page},
	{"GET /thong-ke/so-lieu.csv?by=placement", "", page},
	{"GET /thong-ke/so-lieu.xlsx?by=placement", "", page},
	{"GET /thong-ke/bao-cao-thang.pdf?month=2024-10", "", page},
	{"GET /thong-ke/bao-cao-thang.pdf?month=2024-10&province=91", "", "in - 200 422 200 200 200"},
	{"GET /thong-ke/bao-cao-thang.xlsx?month=2024-10", "", page},
	{"GET /thong-ke/bao-cao-thang.xlsx?month=2024-10&province=91", "", "in - 200 422 200 200 200"},
	{"GET /thong-ke/bao-cao", "", page},
	{"GET /thong-ke/bao-cao?month=2024-10&province=91", "", "in - 200 422 200 200 200"},
	{"POST /thong-ke/bao-cao/dang-ky", "email=x", staffBad},
	{"POST /thong-ke/bao-cao/dang-ky/{subscription}/gui", "month=2024-10", "in - 403 403 403 503 503"}, // no mail server is set
	{"POST /thong-ke/bao-cao/dang-ky/{subscription}/ket-thuc", "", "in - 403 403 403 303 404"},
	{"GET /thong-ke/canh-bao", "", "in - 200 403 403 200 200"},
	{"POST /thong-ke/canh-bao/nhan", "email=x", staffBad},
	{"POST /thong-ke/canh-bao/{alert}/nhan", "", "in - 403 403 403 303 303"},
	{"GET /thong-ke/thu", "", staffGet},
	{"GET /thong-ke/thu/{message}", "", staffGet},
	{"GET /thong-ke/thu/{message}/tep/{file}", "", staffGet},
	{"POST /thong-ke/thu/{message}/gui-lai", "", "in - 403 403 403 409 409"},
	{"GET /thong-ke/hom-nay", "", page},
	{"GET /thong-ke/tim?q=mat", "", page},
	{"GET /thong-ke/tim?q={code}", "", page},
	{"GET /thong-ke/dinh-nghia", "", page},
	{"GET /thong-ke/tinh-sap-nhap", "", "in - 403 403 403 200 200"},
	{"POST /thong-ke/tinh-sap-nhap", "", "in - 403 403 403 422 422"},
	{"POST /thong-ke/tinh-sap-nhap/{step}/hoan-tac", "reason=", "in - 403 403 403 422 422"},
	{"GET /thong-ke/cong", "", page},
	{"GET /thong-ke/cong?q=mat&made={portal}", "", page},
	{"POST /thong-ke/cong", "name=", writeBad},
	{"GET /thong-ke/cong/{portal}", "", ownGet},
	{"POST /thong-ke/cong/{portal}", "name=", ownBad},
	{"POST /thong-ke/cong/{portal}/sap-nhap", "into=&reason=x", ownBad},
	{"POST /thong-ke/cong/{portal}/hoan-tac", "change=0", notNow},
	{"GET /thong-ke/vi-tri", "", page},
	{"GET /thong-ke/vi-tri?portal={portal}", "", page},
	{"POST /thong-ke/vi-tri", "portal={portal}&kind=x", writeBad},
	{"GET /thong-ke/vi-tri/{code}", "", ownGet},
	{"POST /thong-ke/vi-tri/{code}", "destination=hub&state=x&reason=x", ownBad},
	{"POST /thong-ke/vi-tri/{code}/hoan-tac", "change=0", notNow},
	{"GET /thong-ke/in-an", "", page},
	{"POST /thong-ke/in-an", "name=&portal={portal}", writeBad},
	{"GET /thong-ke/in-an/{batch}", "", ownGet},
	{"POST /thong-ke/in-an/{batch}", "name=&destination=hub", ownBad},
	{"GET /thong-ke/in-an/{batch}/ap-phich", "", ownGet},
	{"GET /thong-ke/vi-tri/{place}/ap-phich", "", ownGet},
	{"POST /thong-ke/in-an/{batch}/noi-dat", "csv=", ownBad},
	{"POST /thong-ke/in-an/{batch}/noi-dat/{place}", "on=x", notNow},
	{"POST /thong-ke/in-an/{empty}/duyet", "", notNow},
	{"POST /thong-ke/in-an/{batch}/rut-ve", "", notNow},
	{"POST /thong-ke/in-an/{batch}/da-in", "", notNow},
	{"POST /thong-ke/in-an/{batch}/da-treo", "on=2026-11-24", notNow},
	{"POST /thong-ke/in-an/{batch}/thu-hoi", "", ownBad},
	{"GET /thong-ke/do-phu", "", page},
	{"GET /thong-ke/do-phu.csv", "", page},
	{"GET /thong-ke/dich-den", "", page},
	{"GET /thong-ke/dich-den/{destination}", "", adminGet},
	{"POST /thong-ke/dich-den/{destination}", "reason=", adminBad},
	{"POST /thong-ke/dich-den/{destination}/hoan-tac", "change=0", "in - 403 403 403 403 409"},
	{"POST /thong-ke/dich-den/{destination}/tinh-trang", "reason=", adminBad},
	{"GET /thong-ke/nhap/cong", "", "in - 403 200 200 200 200"},
	{"POST /thong-ke/nhap/cong", "table=", writeBad},
	{"GET /thong-ke/nhap/vi-tri", "", "in - 403 200 200 200 200"},
	{"POST /thong-ke/nhap/vi-tri", "table=&confirm=1", writeBad},
	{"GET /thong-ke/chien-dich", "", page},
	{"POST /thong-ke/chien-dich", "name=", "in - 403 403 403 422 422"},
	{"GET /thong-ke/chien-dich/{campaign}", "", "in - 404 404 404 404 404"},
	{"POST /thong-ke/chien-dich/{campaign}", "name=", "in - 403 403 403 404 404"},
	{"POST /thong-ke/chien-dich/{campaign}/hoan-tac", "change=0", "in - 403 403 403 404 404"},
	{"GET /thong-ke/bao-cao-ma", "", page},
	{"POST /thong-ke/bao-cao-ma/{report}", "outcome=", ownBad},
	{"GET /thong-ke/khoa", "", adminGet},
	{"POST /thong-ke/khoa", "label=", adminBad},
	{"POST /thong-ke/khoa/{key}/thu-hoi", "", adminDone}, // it is revoked already
	{"GET /thong-ke/widget", "", adminGet},
	{"POST /thong-ke/widget", "stable=x&reason=x", adminBad},
	{"POST /thong-ke/widget/quay-lai", "", adminDone},
	{"GET /thong-ke/moi", "", adminGet},
	{"POST /thong-ke/moi", "role=x", adminBad},
	{"GET /thong-ke/nguoi", "", adminGet},
	{"GET /thong-ke/nguoi/{account}", "", adminGet},
	{"POST /thong-ke/nguoi/{account}", "role=viewer&state=open&reason=", adminBad},
	{"POST /thong-ke/nguoi/{account}/dat-lai", "", adminGet},
	{"GET /thong-ke/nhat-ky", "", adminGet},
	{"GET /thong-ke/nhat-ky.csv", "", adminGet},
	{"GET /thong-ke/toi", "", page},
	{"POST /thong-ke/toi/mat-khau", "current=x&password=x&again=y", "in - 422 422 422 422 422"},
	{"POST /thong-ke/toi/ma", "code=1&secret=x", "in - 422 422 422 422 422"},
	{"POST /thong-ke/toi/ma/tat", "current=x", "in - 422 422 422 422 422"},
	{"POST /thong-ke/toi/phien/{session}", "", "in - 303 404 404 404 404"}, // the viewer's own
	{"POST /thong-ke/toi/phien", "", "in - 303 303 303 303 303"},

	// The API.
	{"GET /api/v1/openapi.json", "", everyone},
	{"GET /api/v1/provinces", "", apiAll},
	{"GET /api/v1/destinations", "", apiRead},
	{"POST /api/v1/destinations", "{}", adminErr},
	{"GET /api/v1/destinations/{destination}", "", apiRead},
	{"PATCH /api/v1/destinations/{destination}", `{"url":"x"}`, adminErr},
	{"GET /api/v1/coverage", "", apiRead},
	{"GET /api/v1/signups", "", "401 200 200 403 403 200 200"},
	{"POST /api/v1/signups", "{}", "401 422 403 403 403 403 422"},
	{"POST /api/v1/signups:import", "day,code,count\n", "401 422 403 403 403 403 422"},
	{"GET /api/v1/destinations/{destination}/health", "", apiRead},
	{"POST /api/v1/destinations/{destination}/health", "{}", adminErr},
	{"GET /api/v1/portals", "", apiRead},
	{"POST /api/v1/portals", `{"province":"91"}`, apiBad},
	{"POST /api/v1/portals:import", "id,name,province\n", apiBad},
	{"GET /api/v1/portals:succession", "", "401 403 403 403 403 200 200"},
	{"POST /api/v1/portals:succession", "{}", apiStaff},
	{"GET /api/v1/portals/{portal}", "", apiOwn},
	{"PATCH /api/v1/portals/{portal}", `{"name":"Sở Bí mật"}`, apiNoop},
	{"POST /api/v1/portals/{portal}/merge", `{"into":"none"}`, ownFault},
	{"GET /api/v1/campaigns", "", apiRead},
	{"POST /api/v1/campaigns", "{}", apiStaff},
	{"GET /api/v1/campaigns/{campaign}", "", "401 403 404 404 404 404 404"},
	{"PATCH /api/v1/campaigns/{campaign}", `{"name":"x"}`, "401 403 403 403 403 404 404"},
	{"GET /api/v1/placements", "", apiRead},
	{"GET /api/v1/placements?portal={portal}", "", apiRead},
	{"POST /api/v1/placements", `{"portal":"{portal}","kind":"x"}`, apiBad},
	{"POST /api/v1/placements:import", "portal,kind,destination\n", apiBad},
	{"GET /api/v1/placements/{code}", "", apiOwn},
	{"PATCH /api/v1/placements/{code}", `{"label":"Nhãn kín"}`, apiNoop},
	{"GET /api/v1/placements/{code}/history", "", apiOwn},
	{"GET /api/v1/placements/{place}/poster.pdf", "", apiOwn},
	{"GET /api/v1/print-batches", "", apiRead},
	{"POST /api/v1/print-batches", `{"portal":"{portal}"}`, apiBad},
	{"GET /api/v1/print-batches/{batch}", "", apiOwn},
	{"PATCH /api/v1/print-batches/{batch}", `{"name":"Đợt kín"}`, apiNoop},
	{"GET /api/v1/print-batches/{batch}/history", "", apiOwn},
	{"GET /api/v1/print-batches/{batch}/scans", "", apiOwn},
	{"GET /api/v1/print-batches/{batch}/places", "", apiOwn},
	{"GET /api/v1/print-batches/{batch}/posters.pdf", "", apiOwn},
	{"GET /api/v1/print-batches/{batch}/posters.zip", "", apiOwn},
	{"POST /api/v1/print-batches/{batch}/places:import", "label\n", ownFault},
	{"PATCH /api/v1/print-batches/{batch}/places/{place}", `{"label":"Chợ kín"}`, apiNoop},
	{"POST /api/v1/print-batches/{batch}/places/{place}/place", `{"address":"x"}`, apiNotNow},
	{"POST /api/v1/print-batches/{empty}/approve", "", apiNotNow},
	{"POST /api/v1/print-batches/{batch}/withdraw", `{"reason":"x"}`, apiNotNow},
	{"POST /api/v1/print-batches/{batch}/print", `{"printer":"x"}`, apiNotNow},
	{"POST /api/v1/print-batches/{batch}/place", "{}", apiNotNow},
	{"POST /api/v1/print-batches/{batch}/retire", `{"reason":""}`, ownFault},
	{"GET /api/v1/code-reports", "", apiRead},
	{"POST /api/v1/code-reports/{report}/close", `{"outcome":""}`, ownFault},
	{"GET /api/v1/widget", "", apiAdmin},
	{"PATCH /api/v1/widget", `{"stable":"x","reason":"x"}`, adminErr},
	{"GET /api/v1/stats", "", apiRead},
	{"GET /api/v1/stats?portal={portal}", "", "401 403 200 422 200 200 200"},
	{"GET /api/v1/stats?placement={code}", "", "401 403 200 422 200 200 200"},
	{"GET /api/v1/stats?group_by=placement", "", apiRead},
	{"GET /api/v1/audit", "", apiAdmin},
	{"GET /api/v1/keys", "", apiAdmin},
	{"POST /api/v1/keys", "{}", adminErr},
	{"GET /api/v1/keys/{key}", "", apiAdmin},
	{"DELETE /api/v1/keys/{key}", "", "401 403 403 403 403 403 204"}, // it is revoked already

	// These end sessions, so they come last.
	{"POST /thong-ke/nguoi/{account}/ket-thuc", "", adminDone},
	{"POST /thong-ke/dang-xuat", "", "303 303 303 303 303 303 303"},
}
