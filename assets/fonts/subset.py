#!/usr/bin/python3
"""Makes the two web fonts of this folder from the full ones (Debian: fonttools, python3-brotli).

Keeps Latin and Vietnamese, and adds what the family lacks: figures of one
width under the OpenType feature tnum, so that columns of numbers line up.
The full fonts come from npm @expo-google-fonts/be-vietnam-pro 0.4.1, unchanged;
their licence (OFL.txt) reserves no font name.
"""
import os
from fontTools import subset
from fontTools.otlLib.builder import buildLookup, buildSingleSubstSubtable
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables import otTables

HERE = os.path.dirname(os.path.abspath(__file__))
KEEP = ("20-7E A0-FF 102-103 110-111 128-129 168-169 1A0-1A1 1AF-1B0 300-301 303 309 323 "
        "1EA0-1EF9 2013-2014 2018-201E 2022 2026 2039-203A 20AB 20AC 2122 2212")
FIGURE_WIDTH = 680  # of 1000 units


def unicodes():
    for part in KEEP.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def add_tabular_figures(font):
    glyphs, cmap, glyf, hmtx = font.getGlyphSet(), font.getBestCmap(), font["glyf"], font["hmtx"]
    swap = {}
    for digit in "0123456789":
        name = cmap[ord(digit)]
        recording = DecomposingRecordingPen(glyphs)
        glyphs[name].draw(recording)
        pen = TTGlyphPen(None)
        recording.replay(TransformPen(pen, (1, 0, 0, 1, round((FIGURE_WIDTH - glyphs[name].width) / 2), 0)))
        swap[name] = name + ".tnum"
        glyf[swap[name]] = glyph = pen.glyph()
        glyph.recalcBounds(glyf)
        hmtx[swap[name]] = (FIGURE_WIDTH, glyph.xMin)
    gsub = font["GSUB"].table
    gsub.LookupList.Lookup.append(buildLookup([buildSingleSubstSubtable(swap)]))
    gsub.LookupList.LookupCount += 1
    record = otTables.FeatureRecord()
    record.FeatureTag, record.Feature = "tnum", otTables.Feature()
    record.Feature.LookupListIndex = [gsub.LookupList.LookupCount - 1]
    record.Feature.LookupCount = 1
    records = gsub.FeatureList.FeatureRecord
    records.append(record)
    gsub.FeatureList.FeatureCount += 1
    for script in gsub.ScriptList.ScriptRecord:
        for system in [script.Script.DefaultLangSys] + [r.LangSys for r in script.Script.LangSysRecord]:
            if system:
                system.FeatureIndex.append(len(records) - 1)
                system.FeatureCount += 1


for weight, name in ((400, "Regular"), (600, "SemiBold")):
    font = TTFont(os.path.join(HERE, f"BeVietnamPro-{name}.ttf"), recalcTimestamp=False)
    add_tabular_figures(font)
    options = subset.Options(flavor="woff2", layout_features=["kern", "mark", "mkmk", "ccmp", "locl", "tnum"], hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=unicodes())
    subsetter.subset(font)
    subset.save_font(font, os.path.join(HERE, f"be-vietnam-pro-{weight}.woff2"), options)
