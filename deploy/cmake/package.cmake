# What `cmake --install` puts where, and the .deb that `cpack` makes of it (in a release build: cpack --config
# build/release/CPackConfig.cmake). The binary finds its knowledge at ../share/tocsin/knowledge.
set(debian ${PROJECT_SOURCE_DIR}/deploy/debian)
set(packaged ${CMAKE_BINARY_DIR}/package)
set(CMAKE_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
                                                WORLD_READ WORLD_EXECUTE)

set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # what is built is packaged; cpack itself builds nothing

install(TARGETS tocsin DESTINATION bin)
install(DIRECTORY ${CMAKE_BINARY_DIR}/daemon/knowledge DESTINATION share/tocsin)
install(DIRECTORY deploy/grafana/dashboards/ DESTINATION share/tocsin/grafana)
install(FILES deploy/prometheus/alerts.yaml DESTINATION share/tocsin/prometheus)
install(FILES deploy/tocsin.yaml DESTINATION /etc/tocsin)
install(FILES deploy/systemd/tocsin.service deploy/systemd/tocsin-notify.service DESTINATION lib/systemd/system)
install(FILES ${debian}/tocsin.bash-completion DESTINATION share/bash-completion/completions RENAME tocsin)
install(DIRECTORY docs/ DESTINATION share/doc/tocsin)
install(FILES README.md DESTINATION share/doc/tocsin RENAME README-project.md)
install(FILES NOTICE ${debian}/copyright DESTINATION share/doc/tocsin)
install(FILES ${debian}/lintian-overrides DESTINATION share/lintian/overrides RENAME tocsin)
# The manual page is made of what the binary says of itself, the bill of materials of what it is linked with.
install(CODE "
  file(MAKE_DIRECTORY ${packaged})
  execute_process(COMMAND ${debian}/manpage.sh $<TARGET_FILE:tocsin> OUTPUT_FILE ${packaged}/tocsin.1
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip -9nf ${packaged}/tocsin.1 COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${PROJECT_SOURCE_DIR}/deploy/sbom.sh $<TARGET_FILE:tocsin> OUTPUT_FILE ${packaged}/sbom.cdx.json
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip -9nc ${debian}/changelog OUTPUT_FILE ${packaged}/changelog.Debian.gz
                  COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${packaged}/tocsin.1.gz DESTINATION share/man/man1)
install(FILES ${packaged}/changelog.Debian.gz ${packaged}/sbom.cdx.json DESTINATION share/doc/tocsin)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tocsin)
set(CPACK_PACKAGE_CONTACT "The Tocsin authors <tocsin@tocsin.invalid>" CACHE STRING "Maintainer of the package")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "news-wire daemon: deduplicates, geotags and alerts, Kafka to Kafka")
set(CPACK_PACKAGE_DESCRIPTION "Tocsin reads raw articles from Kafka, drops what it has already told,
says where each story happens (coordinates and GeoNames identifiers),
rings when a story is a missile launch, an air strike, a coup or another
security event, and writes enriched ninjs records back to Kafka, each
exactly once, through crashes and take-overs.")
set(CPACK_SET_DESTDIR ON)  # /etc is not below the prefix
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "tzdata")  # quiet times of webhooks
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${debian}/postinst ${debian}/prerm ${debian}/postrm ${debian}/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
