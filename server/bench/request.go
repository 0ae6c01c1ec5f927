package bench

import "fmt"

// phones are models common in Vietnam, with the build that their WebView names.
var phones = []string{
	"SM-A037F Build/SP1A.210812.016", "SM-A057F Build/UP1A.231005.007", "SM-A135F Build/TP1A.220624.014", "SM-A155F Build/UP1A.231005.007",
	"SM-A235F Build/SP1A.210812.016", "SM-A525F Build/SP1A.210812.016", "CPH2239 Build/RP1A.200720.011", "CPH2333 Build/SP1A.210812.016",
	"CPH2579 Build/TP1A.220905.001", "Redmi 9A Build/QP1A.190711.020", "Redmi Note 11 Build/TKQ1.221114.001", "23053RN02A Build/TP1A.220624.014",
	"vivo 1906 Build/RP1A.200720.012", "V2247 Build/TP1A.220624.014", "RMX3085 Build/SP1A.210812.016", "Active 3 Build/QP1A.190711.020",
}

// maxDistinct is how many different phones there are.
var maxDistinct = 20 * len(phones)

// requests returns one request a connection, as some number of different
// phones send it that follow a link inside Zalo: all the headers of Chrome's WebView.
func requests(host, path string, connections, distinct int) [][]byte {
	list := make([][]byte, connections)
	for c := range list {
		i := c % min(distinct, maxDistinct)
		chrome := 110 + i/len(phones)
		list[c] = fmt.Appendf(nil, "GET %s HTTP/1.1\r\n"+
			"Host: %s\r\n"+
			"Connection: keep-alive\r\n"+
			"sec-ch-ua: \"Chromium\";v=\"%[4]d\", \"Android WebView\";v=\"%[4]d\", \"Not-A.Brand\";v=\"99\"\r\n"+
			"sec-ch-ua-mobile: ?1\r\n"+
			"sec-ch-ua-platform: \"Android\"\r\n"+
			"Upgrade-Insecure-Requests: 1\r\n"+
			"User-Agent: Mozilla/5.0 (Linux; Android 13; %[3]s; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/%[4]d.0.6099.230 Mobile Safari/537.36 Zalo android/12100700 ZaloTheme/light ZaloLanguage/vi\r\n"+
			"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\n"+
			"X-Requested-With: com.zing.zalo\r\n"+
			"Sec-Fetch-Site: cross-site\r\n"+
			"Sec-Fetch-Mode: navigate\r\n"+
			"Sec-Fetch-User: ?1\r\n"+
			"Sec-Fetch-Dest: document\r\n"+
			"Referer: https://stttt.angiang.gov.vn/\r\n"+
			"Accept-Encoding: gzip, deflate, br, zstd\r\n"+
			"Accept-Language: vi-VN,vi;q=0.9,en-US;q=0.8,en;q=0.7\r\n"+
			"\r\n", path, host, phones[i%len(phones)], chrome)
	}
	return list
}
