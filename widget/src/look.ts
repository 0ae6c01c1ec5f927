// How a badge looks in its shadow root. Everything on the host is !important:
// in a shadow tree that wins over whatever the page declares, even !important.
export const css =
  ":host{all:initial!important;box-sizing:border-box!important;max-width:100%!important;overflow:hidden!important;" +
  "border:1px solid transparent!important;border-radius:8px!important;cursor:pointer!important;color-scheme:inherit!important;" +
  "color:#fff!important;color:light-dark(#fff,#0b130f)!important;background:#0b6b3a!important;background:light-dark(#0b6b3a,#7fd6a4)!important;" +
  "font:600 14px/1.3 system-ui,sans-serif!important}" +
  "div{display:flex;align-items:center;gap:10px;box-sizing:border-box;padding:4px 12px;margin:-1px}" +
  "svg{flex:none;width:36px;height:36px;fill:currentColor}";

// The mark (assets/images/logo.svg) without its ground.
export const path =
  "M32 9 46 25H37.500V33C42 27.500 48 25.500 54 26 53.500 36 46.500 42.500 37.500 42.800V55H26.500V46.800C17.500 46.500 10.500 40 10 30 16 29.500 22 31.500 26.500 37V25H18Z";
