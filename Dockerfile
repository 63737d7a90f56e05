# One run as a service: docker build -t proving-ground . && docker run -p 8600:8600 proving-ground
# Another run: docker run -p 8600:8600 -v "$PWD/store:/app/store" proving-ground RUN
FROM python:3.11-slim
WORKDIR /app
COPY requirements.txt .
# The processor's build of torch: the service needs no GPU, and the other one is gigabytes larger.
RUN pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt
COPY core core
COPY data data
RUN useradd --create-home serving && mkdir store && chown serving store
USER serving
ENV PROVING_GROUND_STORE=/app/store PYTHONUNBUFFERED=1
EXPOSE 8600
HEALTHCHECK CMD python -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8600/health')"
ENTRYPOINT ["python", "-m", "core", "serve", "--host", "0.0.0.0"]
CMD ["retail-coupon_response-recommended"]
