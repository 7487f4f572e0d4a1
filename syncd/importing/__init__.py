"""Input and output of `syncd import`: foreign files in, a draft year with its questions out.

Needs the extra ``import``; nothing else in the product may import this package.
"""
