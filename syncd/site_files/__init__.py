"""Files that `syncd init` hands to a site; no code."""
